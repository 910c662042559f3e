import { beforeAll, describe, expect, test } from "vitest";
import { type Documented, type MediaType, undocumentedIn } from "../../support/answer-schema.ts";
import { call } from "../../support/api-client.ts";

type Content = { [type: string]: MediaType & { example?: unknown } };
type Operation = { operationId: string; responses: { [status: string]: { content?: Content } } };
type Document = {
  paths: { [path: string]: { [method: string]: Operation } };
  components: Parameters<typeof undocumentedIn>[1];
};

let document: Document;
let operations: Operation[];
beforeAll(async () => {
  document = (await call<Document>("GET", "/openapi.json", { key: null })).body;
  operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
});

const answersOf = ({ responses }: Operation) =>
  Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).map(([type, media]) => ({ status: Number(status), type, ...media })),
  );

describe("the answers in GET /openapi.json", () => {
  test("each with a body has a schema, and no success is without one of its own", () => {
    const without = operations.flatMap((operation) =>
      answersOf(operation)
        .filter(({ schema }) => schema === undefined || Object.keys(schema).length === 0)
        .map(({ status, type }) => [operation.operationId, status, type]),
    );
    expect(without).toEqual([]);
  });

  test("each that is shown is as its schema says, without a member that the schema does not name", () => {
    const seen = new Set<string>();
    const wrong = operations.flatMap((operation) =>
      answersOf(operation).flatMap(({ status, type, example }) => {
        const body = JSON.stringify(example);
        if (example === undefined || seen.has(body)) return [];
        seen.add(body);
        const faults = undocumentedIn(operation as Documented, document.components, { status, type, body });
        return faults.map((fault) => [operation.operationId, status, fault]);
      }),
    );
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(25);
  });
});
