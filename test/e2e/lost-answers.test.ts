import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor, expectBooksToBalance } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The two ways in which a client can name what it asks for. */
const NAMES: { name: string; of: (word: string) => { fields: { task_id?: string }; headers: { [name: string]: string } } }[] = [
  { name: "task_id", of: (word) => ({ fields: { task_id: word }, headers: {} }) },
  { name: "Idempotency-Key", of: (word) => ({ fields: {}, headers: { "idempotency-key": word } }) },
];

/** Sends the whole request and hangs up before its answer can be read. */
async function loseAnswer(body: object, headers: { [name: string]: string }): Promise<void> {
  const text = JSON.stringify(body);
  const { host, hostname, port } = new URL(server.url);
  const all = { host, authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json", ...headers };
  const head = Object.entries({ ...all, "content-length": Buffer.byteLength(text) }).map((entry) => entry.join(": "));
  const connection = connect(Number(port), hostname);
  const sent = new Promise((resolve) =>
    connection.write(["POST /v1/delegations HTTP/1.1", ...head, "", text].join("\r\n"), resolve),
  );
  await sent;
  connection.destroy();
}

describe.each(NAMES)("a client that lost the answer and posts again with its $name", ({ name, of }) => {
  test("has one task and one call at the vendor, however often it posts, before and after kill -9", async () => {
    const prompt = marker();
    const { fields, headers } = of(prompt);
    const body = { ...fields, provider: "claude", prompt: simulate([{ text: "once", headers_ms: 100 }], prompt) };
    await loseAnswer(body, headers);
    const answers = await Promise.all([1, 2, 3].map(() => server.client.post(body, headers)));
    const ids = new Set(answers.map((answer) => answer.body.task_id));
    expect(ids.size).toBe(1);
    const [taskId = ""] = ids;
    expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(1);
    const final = await server.client.final(taskId);
    await server.killRuntime();
    const again = await server.client.post(body, headers);
    expect(again.status).toBe(200);
    expect(again.headers.get("location")).toBe(`/v1/delegations/${taskId}`);
    expect(again.body).toEqual(final);
    expect(callsFor(server, { prompt })).toHaveLength(1);
    await expectBooksToBalance(server, [final]);
  });

  test("is still known when the kill came right after the answer", async () => {
    const prompt = marker();
    const { fields, headers } = of(prompt);
    const body = { ...fields, provider: "claude", prompt: simulate([{ text: "answer" }], prompt) };
    const first = await server.client.post(body, headers);
    await server.killRuntime();
    const again = await server.client.post(body, headers);
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body.task_id).toBe(first.body.task_id);
    expect(await server.client.final(first.body.task_id)).toMatchObject({ status: "completed", output: "answer" });
    expect((await server.client.list()).filter(({ task_id }) => task_id === first.body.task_id)).toHaveLength(1);
  });

  test(`is refused with another body, before and after kill -9: nothing of it is stored or paid`, async () => {
    const prompt = marker();
    const other = marker();
    const { fields, headers } = of(prompt);
    const { task_id } = (await server.client.post({ ...fields, provider: "claude", prompt }, headers)).body;
    const refusal = name === "task_id" ? [409, "conflict"] : [422, "idempotency_mismatch"];
    for (const kill of [undefined, () => server.killRuntime()]) {
      await kill?.();
      const { status, body } = await server.client.post({ ...fields, provider: "claude", prompt: other }, headers);
      expect([status, (body as unknown as { code: string }).code]).toEqual(refusal);
    }
    expect(await server.client.final(task_id)).toMatchObject({ status: "completed", prompt });
    expect(callsFor(server, { prompt: other })).toHaveLength(0);
  });
});
