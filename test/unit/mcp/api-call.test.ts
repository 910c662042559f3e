import { describe, expect, test } from "vitest";
import { apiCall } from "../../../src/mcp/api-call.ts";

const read = { method: "GET", path: "/v1/delegations/{task_id}" } as const;
const list = { method: "GET", path: "/v1/delegations" } as const;
const create = { method: "POST", path: "/v1/delegations" } as const;
const cancel = { method: "POST", path: "/v1/delegations/{task_id}/cancel" } as const;

describe("apiCall", () => {
  test("what is named in the path goes there, and cannot leave its place", () => {
    expect(apiCall(read, { task_id: "../keys?x=1" }).path).toBe("/v1/delegations/..%2Fkeys%3Fx%3D1");
  });

  test("an id that is missing or empty is still an id for the API to refuse", () => {
    expect(apiCall(read, {}).path).toBe("/v1/delegations/-");
    expect(apiCall(cancel, { task_id: "" }).path).toBe("/v1/delegations/-/cancel");
  });

  test("an id that would be resolved, or is no text, stays one id in its place", () => {
    expect(apiCall(cancel, { task_id: ".." }).path).toBe("/v1/delegations/-/cancel");
    expect(apiCall(cancel, { task_id: "..." }).path).toBe("/v1/delegations/.../cancel");
    expect(apiCall(read, { task_id: "\ud800" }).path).toBe("/v1/delegations/%EF%BF%BD");
  });

  test("other arguments of what reads are its query, lists with commas, properties by their names", () => {
    const given = {
      status: ["failed", "cancelled"],
      limit: 5,
      property: { customer: "acme", n: 3 },
      cursor: null,
      q: "two words",
    };
    expect(apiCall(list, given)).toEqual({
      method: "GET",
      path: "/v1/delegations",
      query: {
        status: "failed,cancelled",
        limit: "5",
        "property.customer": "acme",
        "property.n": "3",
        cursor: null,
        q: "two words",
      },
    });
  });

  test("a value that no parameter takes reaches the API as it is, to be refused there", () => {
    expect(apiCall(list, { property: "x", agent: { a: 1 } }).query).toEqual({ property: "x", agent: '{"a":1}' });
  });

  test("other arguments of what changes are its body, unknown ones too", () => {
    expect(apiCall(create, { prompt: "p", nonsense: 1 })).toEqual({ ...create, body: { prompt: "p", nonsense: 1 } });
    expect(apiCall(create, {})).toEqual({ ...create, body: {} });
    expect(apiCall(cancel, { task_id: "a", nonsense: 1 }).body).toEqual({ nonsense: 1 });
    expect(apiCall(cancel, { task_id: "a" })).toEqual({ method: "POST", path: "/v1/delegations/a/cancel" });
  });
});
