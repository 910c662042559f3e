import { describe, expect, test } from "vitest";
import { delegateInput } from "../../../src/dashboard/pages/delegate-input.ts";
import { filterOf, filterQuery } from "../../../src/dashboard/pages/delegation-filter.ts";
import { excerpt } from "../../../src/dashboard/pages/delegation-list.tsx";

describe("delegateInput", () => {
  test("sends what was filled in, and nothing else", () => {
    const form = new URLSearchParams({
      form_token: "t",
      once: "o",
      prompt: " Say\r\nhello ",
      agent: "",
      model: " auto ",
      max_cost: "0.5",
    });
    expect(delegateInput(form)).toEqual({ prompt: " Say\nhello ", model: "auto", maxCost: 0.5, taskId: "o" });
  });

  test("takes every field of the form", () => {
    const words = { task_type: "TESTING", complexity: "LOW", budget_mode: "BALANCED", fallbacks: "auto", approval: "manual" };
    expect(
      delegateInput(
        new URLSearchParams({ prompt: "x", ...words, task_id: "t-1", once: "o", provider: "claude", agent: "coder" }),
      ),
    ).toEqual({
      ...{ prompt: "x", taskType: "TESTING", complexity: "LOW", budgetMode: "BALANCED", fallbacks: "auto", approval: "manual" },
      ...{ taskId: "t-1", provider: "claude", agent: "coder" },
    });
  });

  test("leaves it to the API to refuse what is wrong", () => {
    expect(delegateInput(new URLSearchParams({ max_cost: "much", provider: "nobody" }))).toEqual({
      ...{ prompt: "", maxCost: Number.NaN, provider: "nobody" },
    });
  });
});

describe("the filters of an address", () => {
  const query = (text: string) => filterQuery(new URLSearchParams(text));

  test("are those of the API that are not empty", () => {
    expect(query("q=+two+words+&status=&agent=coder&cursor=x&nonsense=1")).toEqual({ q: "two words", agent: "coder" });
  });

  test("become the client's, a day as its beginning in UTC", () => {
    expect(filterOf(query("task_type=TESTING&created_after=2026-11-22&created_before=2026-11-22T10:00:00Z&sort=-cost"))).toEqual({
      ...{ taskType: "TESTING", createdAfter: "2026-11-22T00:00:00.000Z", createdBefore: "2026-11-22T10:00:00Z", sort: "-cost" },
    });
  });
});

describe("excerpt", () => {
  test.each<[string | null, string]>([
    ["short", "short"],
    ["  on\n\n a\tline ", "on a line"],
    ["0123456789x", "0123456789…"],
    ["👍👍👍👍👍👍👍👍👍👍👍", "👍👍👍👍👍👍👍👍👍👍…"],
    [null, "deleted"],
    ["", ""],
  ])("%j is %j", (text, shown) => {
    expect(excerpt(text, 10)).toBe(shown);
  });
});
