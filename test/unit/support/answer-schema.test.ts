import { describe, expect, test } from "vitest";
import { type Documented, undocumentedIn } from "../../support/answer-schema.ts";

const components = {
  schemas: { Task: { type: "object", properties: { id: { type: "string" } }, required: ["id"] } },
} as const;
const schema = { $ref: "#/components/schemas/Task" };
const operation: Documented = {
  responses: {
    200: { content: { "application/json": { schema }, "application/x-ndjson": { schema }, "text/event-stream": { schema } } },
    204: {},
  },
};
const told = (body: string, type = "application/json", status = 200) =>
  undocumentedIn(operation, components as never, { status, type, body });

describe("undocumentedIn", () => {
  test("an answer as documented has nothing to tell", () => {
    expect(told('{"id": "a"}')).toEqual([]);
    expect(told('{"id": "a"}', "application/json; charset=utf-8")).toEqual([]);
    expect(told('{"id": "a"}\n{"id": "b"}\n', "application/x-ndjson")).toEqual([]);
    expect(told('id: 1\nevent: task\ndata: {"id": "a"}\n\n', "text/event-stream")).toEqual([]);
    expect(told("", "", 204)).toEqual([]);
  });

  test.each<[string, () => string[]]>([
    ["a member that is not named", () => told('{"id": "a", "extra": 1}')],
    ["a member that is missing", () => told("{}")],
    ["a wrong type", () => told('{"id": 1}')],
    ["a wrong second line", () => told('{"id": "a"}\n{"id": 1}\n', "application/x-ndjson")],
    ["a wrong event", () => told('data: {"id": 1}\n\n', "text/event-stream")],
    ["another status", () => told('{"id": "a"}', "application/json", 201)],
    ["another media type", () => told('{"id": "a"}', "text/plain")],
    ["a body where none is documented", () => told("{}", "application/json", 204)],
  ])("%s is told", (_, found) => {
    expect(found().length).toBeGreaterThan(0);
  });
});
