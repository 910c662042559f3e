import { beforeAll, describe, expect, test } from "vitest";
import { call } from "../../support/api-client.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

type Operation = { "x-depute-owner-only"?: boolean; requestBody?: { content: { "application/json": { example?: unknown } } } };
type Example = { method: string; path: string; ownerOnly: boolean; body: unknown };

let key: string;
let examples: Example[];
/** What the paths of the document stand for here. */
let paths: { [name: string]: string };

beforeAll(async () => {
  ({ key } = (await makeWorkspace()).key);
  const { body } = await call<{ paths: { [path: string]: { [method: string]: Operation } } }>("GET", "/openapi.json");
  examples = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation.requestBody === undefined
        ? []
        : [
            {
              method: method.toUpperCase(),
              path,
              ownerOnly: operation["x-depute-owner-only"] === true,
              body: operation.requestBody.content["application/json"].example,
            },
          ],
    ),
  );
  paths = { task_id: await endedTask(), key_id: (await makeKey({}, key)).id, webhook_id: await webhook(), name: "team" };
});

/** A delegation that has ended and was never sent. */
async function endedTask(): Promise<string> {
  const held = { task_id: "held", prompt: "Wait", provider: "claude", approval: "manual" };
  await call("POST", "/v1/delegations", { key, body: held });
  await call("POST", "/v1/delegations/held/cancel", { key });
  return held.task_id;
}

/** Told of nothing that happens here. */
async function webhook(): Promise<string> {
  const body = { url: "https://example.com/hook", events: ["budget.exceeded"] };
  return (await call<{ id: string }>("POST", "/v1/webhooks", { key, body })).body.id;
}

const isOfWebhooks = ({ path }: Example) => path.startsWith("/v1/webhooks");

describe("GET /openapi.json", () => {
  test("shows an example of every body, and each is accepted as it is", async () => {
    expect(examples.length).toBeGreaterThanOrEqual(15);
    // Endpoints last: theirs are told of what happens after them.
    for (const example of examples.toSorted((a, b) => Number(isOfWebhooks(a)) - Number(isOfWebhooks(b)))) {
      const { method, path, ownerOnly, body } = example;
      expect([method, path, body]).toEqual([method, path, expect.anything()]);
      const url = path.replace(/\{(\w+)\}/g, (_, name) => paths[name] ?? name);
      const answer = await call<{ detail?: string }>(method, url, ownerOnly ? { body: withFreeName(body) } : { key, body });
      expect([method, path, answer.status, answer.body.detail]).toEqual([method, path, expect.toSatisfy(isAccepted), undefined]);
    }
  });
});

/** The names of workspaces are the whole deployment's, which other tests use as well. */
const withFreeName = (body: unknown) => Object.assign({}, body, { workspace: `examples-${crypto.randomUUID().slice(0, 8)}` });

const isAccepted = (status: number) => status >= 200 && status < 300;
