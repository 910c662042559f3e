import { beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../../src/keys/scopes.ts";
import { call } from "../../support/api-client.ts";

type Operation = {
  operationId: string;
  "x-depute-scope"?: string;
  security?: unknown[];
  parameters: { name: string; in: string; description?: string; required?: boolean; schema: { [key: string]: unknown } }[];
  requestBody?: { required: boolean; content: { "application/json": { schema: { $ref?: string } } } };
  responses: {
    [status: string]: { description: string; content?: { [type: string]: { schema: { $ref?: string }; example?: unknown } } };
  };
};
type Document = {
  openapi: string;
  paths: { [path: string]: { [method: string]: Operation } };
  components: { schemas: { [name: string]: { [key: string]: unknown } }; securitySchemes: object };
};

let document: Document;
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
const operationOf = (id: string) => operations().find(({ operation }) => operation.operationId === id)?.operation;

beforeAll(async () => {
  document = (await call<Document>("GET", "/openapi.json", { key: null })).body;
});

/** Every `$ref` anywhere in a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" && typeof member === "string" ? [member] : referencesIn(member),
  );
}

describe("GET /openapi.json", () => {
  test("is OpenAPI 3.1 and lists every path", () => {
    expect(document.openapi).toBe("3.1.0");
    const ids = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(ids.toSorted()).toEqual(
      [
        "DELETE /v1/agents/{name}",
        "DELETE /v1/budgets/{name}",
        "DELETE /v1/delegations/{task_id}",
        "GET /v1/budgets",
        "GET /v1/budgets/{name}",
        "PUT /v1/agents/{name}",
        "PUT /v1/budgets/{name}",
        "PUT /v1/webhooks/{webhook_id}",
        "DELETE /v1/webhooks/{webhook_id}",
        "GET /health",
        "GET /openapi.json",
        "GET /v1/agents",
        "GET /v1/agents/{name}",
        "GET /v1/batches",
        "GET /v1/batches/{batch_id}",
        "GET /v1/batches/{batch_id}/events",
        "GET /v1/batches/{batch_id}/results",
        "GET /v1/costs",
        "GET /v1/delegations",
        "GET /v1/delegations/{task_id}",
        "GET /v1/delegations/{task_id}/events",
        "GET /v1/delegations/{task_id}/tree",
        "GET /v1/export",
        "GET /v1/flows",
        "GET /v1/flows/{flow_id}",
        "GET /v1/flows/{flow_id}/events",
        "POST /v1/flows",
        "POST /v1/flows/{flow_id}/cancel",
        "GET /v1/models",
        "GET /v1/models/report",
        "GET /v1/stats",
        "GET /v1/providers",
        "POST /v1/batches",
        "POST /v1/batches/{batch_id}/cancel",
        "POST /v1/delegations",
        "POST /v1/delegations/{task_id}/approve",
        "POST /v1/delegations/{task_id}/cancel",
        "POST /v1/delegations/{task_id}/reject",
        "POST /v1/delegations/{task_id}/retry",
        "POST /v1/delegations/{task_id}/score",
        "POST /v1/models/select",
        "POST /v1/records",
        "GET /v1/audit",
        "GET /v1/keys",
        "GET /v1/keys/{key_id}",
        "POST /v1/keys",
        "POST /v1/keys/{key_id}/rotate",
        "DELETE /v1/keys/{key_id}",
        "GET /v1/webhooks",
        "GET /v1/webhooks/deliveries",
        "GET /v1/webhooks/secret",
        "GET /v1/webhooks/{webhook_id}",
        "GET /v1/webhooks/{webhook_id}/deliveries",
        "GET /v1/workspaces",
        "GET /v1/workspaces/{workspace}",
        "POST /v1/webhooks",
        "POST /v1/webhooks/deliveries/{delivery_id}/redeliver",
        "POST /v1/webhooks/secret/rotate",
        "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
        "POST /v1/webhooks/{webhook_id}/rotate-secret",
        "POST /v1/webhooks/{webhook_id}/test",
        "GET /v1/whoami",
        "POST /v1/workspaces",
      ].toSorted(),
    );
  });

  test("every operation has an id of its own and a scope, or is open", () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations()) {
      const scope = operation["x-depute-scope"];
      if (scope === undefined) expect(operation.security).toEqual([]);
      else expect([...SCOPES, "any"]).toContain(scope);
    }
  });

  test("what it says is open answers without a key, and nothing else does", async () => {
    for (const { path, method, operation } of operations()) {
      const { status } = await call(method.toUpperCase(), path.replace("{task_id}", "some-id"), { key: null });
      expect([path, method, status === 401]).toEqual([path, method, operation["x-depute-scope"] !== undefined]);
    }
  });

  test("every reference leads to a component, and every component has a proper name", () => {
    for (const reference of referencesIn(document))
      expect(document.components.schemas).toHaveProperty([reference.replace("#/components/schemas/", "")]);
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
  });

  test("the shared schemas are components", () => {
    expect(operationOf("createDelegation")?.requestBody?.content["application/json"].schema).toEqual({
      $ref: "#/components/schemas/DelegationInput",
    });
    expect(operationOf("getDelegation")?.responses["200"]?.content?.["application/json"]?.schema).toEqual({
      $ref: "#/components/schemas/Delegation",
    });
    expect(document.components.schemas.DelegationInput).toMatchObject({ additionalProperties: false, required: ["prompt"] });
    expect(document.components.schemas.Delegation).not.toHaveProperty("additionalProperties");
  });

  test("every operation shows its refusals as problems", () => {
    for (const { operation } of operations()) {
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.map(([status]) => status)).toEqual(expect.arrayContaining(["400", "500", "503"]));
      for (const [, { content }] of refusals)
        expect(content?.["application/problem+json"]?.schema).toEqual({ $ref: "#/components/schemas/Problem" });
    }
    const statuses = Object.keys(operationOf("createDelegation")?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining(["200", "202", "400", "401", "403", "409", "410", "413", "422"]));
  });

  test("what starts work that a limit of money can refuse says 402", () => {
    for (const id of ["createDelegation", "retryDelegation"]) expect(operationOf(id)?.responses).toHaveProperty("402");
  });

  test("path parameters are required and queries carry their limits", () => {
    const [id] = operationOf("getDelegation")?.parameters ?? [];
    expect(id).toMatchObject({ name: "task_id", in: "path", required: true, schema: { type: "string" } });
    const limit = operationOf("listDelegations")?.parameters.find(({ name }) => name === "limit");
    expect(limit).toMatchObject({ in: "query", required: false, schema: { type: "integer", minimum: 1, maximum: 200 } });
  });

  test.each(["createDelegation", "retryDelegation"])("%s says what an Idempotency-Key does beside a task_id", (id) => {
    const key = operationOf(id)?.parameters.find(({ name }) => name === "Idempotency-Key");
    expect(key?.description).toContain("422 `idempotency_mismatch`");
    expect(key?.description).toMatch(/with a `task_id` that rules .* 409 `conflict`/);
  });
});
