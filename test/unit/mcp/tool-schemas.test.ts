import { describe, expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { type ApiDocument, type JsonSchema, operationsOf } from "../../../src/mcp/api-document.ts";
import { inputSchema, outputSchema } from "../../../src/mcp/tool-schema.ts";
import { TOOLS } from "../../../src/mcp/tools.ts";

const operations = operationsOf((await (await createApp().request("/openapi.json", {}, {})).json()) as ApiDocument);

const schemasOf = (name: string) => {
  const tool = TOOLS.find((each) => each.name === name);
  const operation = operations.get(tool?.operation ?? "");
  if (tool === undefined || operation === undefined) throw new Error(`no tool ${name} over an operation`);
  return { takes: inputSchema(operation, tool.input), gives: outputSchema(operation.answer, tool.output) };
};
const NAMES = TOOLS.map(({ name }) => name);
const fieldsOf = (schema: JsonSchema) => schema.properties as { [name: string]: JsonSchema };

describe("the tools", () => {
  test("are those of the API's contract, and two that wait for what two of them start", () => {
    expect(NAMES.toSorted()).toEqual(
      [
        ...["delegate", "delegate_batch", "get_delegation", "wait_for_delegation", "list_delegations", "cancel_delegation"],
        ...["run_flow", "select_model", "get_costs", "wait_for_batch", "wait_for_flow"],
      ].toSorted(),
    );
  });

  test.each(NAMES)("%s takes and gives one object, without references", (name) => {
    const { takes, gives } = schemasOf(name);
    for (const schema of [takes, gives]) {
      expect(schema).toMatchObject({ type: "object", properties: expect.anything() });
      expect(Object.keys(schema)).not.toEqual(expect.arrayContaining(["oneOf"]));
      expect(JSON.stringify(schema)).not.toContain('"$ref":');
    }
    expect(takes.additionalProperties).toBe(false);
  });

  test("have each field of the operation's body, and what of it is required", () => {
    const { takes } = schemasOf("delegate");
    const body = operations.get("createDelegation")?.body;
    expect(Object.keys(fieldsOf(takes))).toEqual(Object.keys(fieldsOf(body ?? {})));
    expect(takes.required).toEqual(["prompt"]);
    expect(fieldsOf(takes).max_cost).toMatchObject({ type: "number", exclusiveMinimum: 0 });
    expect(fieldsOf(takes).properties).toMatchObject({ type: "object", additionalProperties: {} });
  });

  test("a tool that waits takes its own longer wait, one that reads takes none", () => {
    expect(fieldsOf(schemasOf("wait_for_delegation").takes)).toMatchObject({
      task_id: { type: "string" },
      wait: { type: "integer", minimum: 0, maximum: 300, default: 50 },
    });
    expect(Object.keys(fieldsOf(schemasOf("get_delegation").takes))).toEqual(["task_id"]);
  });

  test("a flow is one object of all patterns' fields, each of which says whose it is", () => {
    const { takes } = schemasOf("run_flow");
    const { pattern, prompt, panel, steps, max_cost } = fieldsOf(takes);
    expect(takes.required).toEqual(["pattern"]);
    expect(pattern).toEqual({ type: "string", enum: ["chain", "consensus", "improve", "decompose"] });
    expect(panel?.description).toMatch(/^With consensus\./);
    expect(steps?.description).toMatch(/^With chain\./);
    expect(prompt?.description).toMatch(/^With consensus, improve, decompose\. What to do\./);
    expect(max_cost?.description).not.toMatch(/^With/);
  });

  test("no words stand twice in the schemas of a tool", () => {
    for (const name of NAMES) {
      const { takes } = schemasOf(name);
      const said = [...JSON.stringify(takes).matchAll(/"description":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => text);
      expect(new Set(said).size).toBe(said.length);
    }
  });

  test("all that they take is small enough to stand in a model's context", () => {
    const sizes = NAMES.map((name) => JSON.stringify(schemasOf(name).takes).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(50_000);
  });

  test("a delegation is given without its prompt, and says whether its output was cut", () => {
    const { gives } = schemasOf("delegate");
    expect(fieldsOf(gives)).not.toHaveProperty("prompt");
    expect(gives.required).toEqual(expect.arrayContaining(["task_id", "status", "output", "output_truncated", "output_uri"]));
    expect(gives.required).not.toContain("prompt");
  });

  test("tell what they do by their hints: those that read change nothing, one destroys", () => {
    const named = (hint: "readOnlyHint" | "destructiveHint" | "openWorldHint") =>
      TOOLS.filter(({ annotations }) => annotations[hint] === true).map(({ name }) => name);
    expect(named("destructiveHint")).toEqual(["cancel_delegation"]);
    expect(named("openWorldHint")).toEqual(["delegate", "delegate_batch", "run_flow", "cancel_delegation"]);
    expect(named("readOnlyHint")).toEqual(NAMES.filter((name) => !named("openWorldHint").includes(name)));
  });
});

describe("operationsOf", () => {
  test("what refers to itself is any JSON, a time has no pattern beside its format, and fields may be called like keywords", () => {
    const schema = (properties: object) => ({ type: "object", properties });
    const document = {
      paths: {
        "/v1/x": {
          post: {
            operationId: "x",
            parameters: [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string" } }],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/X" } } } },
            responses: { 400: {}, 202: { content: { "application/json": { schema: schema({}) } } } },
          },
        },
      },
      components: {
        schemas: {
          Json: { anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#/components/schemas/Json" } }] },
          X: schema({
            pattern: { type: "string", example: "chain" },
            format: { type: "string" },
            example: { type: "string", format: "date-time", pattern: "long" },
            any: { $ref: "#/components/schemas/Json", description: "Anything." },
          }),
        },
      },
    } as unknown as ApiDocument;
    expect(operationsOf(document).get("x")).toEqual({
      method: "POST",
      path: "/v1/x",
      parameters: [],
      body: schema({
        pattern: { type: "string" },
        format: { type: "string" },
        example: { type: "string", format: "date-time" },
        any: { description: "Anything." },
      }),
      answer: schema({}),
    });
  });
});
