import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentInput } from "../../../src/dashboard/pages/agent-input.ts";
import { budgetInput, percentText } from "../../../src/dashboard/pages/budget-input.ts";
import { webhookInput } from "../../../src/dashboard/pages/webhook-input.ts";

const form = (fields: { [name: string]: string | string[] }) =>
  new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each])));

describe("the form of an agent", () => {
  const kept = { outputSchema: { type: "object" }, fallbacks: "auto" as const, model: "claude-haiku", temperature: 0.2 };

  test("changes what it shows and keeps what it does not", () => {
    expect(agentInput(form({ model: "claude-opus", temperature: "0.7", max_output_tokens: "500" }), kept)).toEqual({
      outputSchema: { type: "object" },
      fallbacks: "auto",
      model: "claude-opus",
      temperature: 0.7,
      maxOutputTokens: 500,
    });
  });

  test("takes out what was emptied", () => {
    expect(agentInput(form({ model: " ", temperature: "" }), kept)).toEqual({
      outputSchema: { type: "object" },
      fallbacks: "auto",
    });
  });

  test("sends what is no number as it is, so that the API names the field", () => {
    expect(agentInput(form({ temperature: "warm" }), {})).toEqual({ temperature: "warm" });
  });

  test("has the line ends of a prompt, not those of a form", () => {
    expect(agentInput(form({ system: "one\r\ntwo" }), {})).toEqual({ system: "one\ntwo" });
  });
});

describe("the form of a budget", () => {
  const asked = { scope: "agent", subject: " coder ", period: "day", limit: "12.5", warn_at: "50, 80%", allow_unpriced: "on" };

  test("is a budget in the API's units: dollars, and shares for percents", () => {
    expect(budgetInput(form(asked))).toEqual({
      scope: "agent",
      subject: "coder",
      period: "day",
      limit: 12.5,
      warnAt: [0.5, 0.8],
      allowUnpriced: true,
    });
  });

  test("warns of nothing and allows nothing that was not asked for", () => {
    const { warn_at: _, allow_unpriced: __, ...bare } = asked;
    expect(budgetInput(form({ ...bare, subject: "" }))).toMatchObject({ subject: undefined, warnAt: [], allowUnpriced: false });
  });

  test.each(["", "a lot"])("leaves the limit %j to the API, which refuses it: it is no limit of zero", (limit) => {
    expect(budgetInput(form({ ...asked, limit })).limit).toBe(limit);
  });

  test("reads its own percents back as the same shares", () => {
    const share = fc.integer({ min: 1, max: 10_000 }).map((basis) => basis / 10_000);
    const property = fc.property(fc.array(share, { maxLength: 10 }), (shares) => {
      expect(budgetInput(form({ ...asked, warn_at: percentText(shares) })).warnAt).toEqual(shares);
    });
    fc.assert(property);
  });
});

describe("the form of a webhook", () => {
  test("is an endpoint with all events that were chosen", () => {
    const events = ["delegation.failed", "budget.exceeded"];
    expect(webhookInput(form({ url: " https://example.com/hooks ", events, description: "" }))).toEqual({
      url: "https://example.com/hooks",
      events,
      description: null,
    });
  });

  test("chooses nothing by itself", () => expect(webhookInput(form({ url: "x" })).events).toEqual([]));
});
