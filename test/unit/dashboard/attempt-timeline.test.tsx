import { describe, expect, test } from "vitest";
import { attemptLayout } from "../../../src/dashboard/components/attempt-layout.ts";
import { AttemptTimeline, type ShownAttempt } from "../../../src/dashboard/components/attempt-timeline.tsx";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const BEGIN = Date.parse("2026-11-22T10:00:00.000Z");
const at = (ms: number) => new Date(BEGIN + ms).toISOString();
const times = (from: number, first: number | null, to: number | null) => ({
  startedAt: at(from),
  firstTokenAt: first === null ? null : at(first),
  endedAt: to === null ? null : at(to),
});

describe("attemptLayout", () => {
  test("puts attempts on one axis from the first start to the last end", () => {
    const { bars } = attemptLayout([times(0, null, 2_000), times(4_000, 5_000, 10_000)], BEGIN + 99_000);
    expect(bars).toEqual([
      { from: 0, length: 20, firstToken: null, elapsedMs: 2_000 },
      { from: 40, length: 60, firstToken: 50, elapsedMs: 6_000 },
    ]);
  });

  test("lets a running attempt go on to now", () => {
    const { bars } = attemptLayout([times(0, null, 5_000), times(5_000, null, null)], BEGIN + 10_000);
    expect(bars[1]).toEqual({ from: 50, length: 50, firstToken: null, elapsedMs: 5_000 });
  });

  test("shows an attempt that took no time, even at the end of the axis", () => {
    const { bars } = attemptLayout([times(0, null, 10_000), times(10_000, null, 10_000)], BEGIN);
    expect(bars[1]?.length).toBeCloseTo(0.6);
    expect((bars[1]?.from ?? 0) + (bars[1]?.length ?? 0)).toBeCloseTo(100);
    expect(attemptLayout([times(0, null, 0)], BEGIN).bars).toHaveLength(1);
  });

  test("of none has neither bars nor an axis", () => {
    expect(attemptLayout([], BEGIN)).toEqual({ bars: [], ticks: [] });
  });
});

describe("AttemptTimeline", () => {
  const attempt = (over: Partial<ShownAttempt> = {}): ShownAttempt => ({
    ...{ number: 1, provider: "codex", model: "gpt-5", status: "completed", error: null },
    ...times(0, 400, 2_000),
    ...{ usage: { inputTokens: 1_200, outputTokens: 0 }, usageFinal: true, costNanos: 4_213_750 },
    ...over,
  });
  const timeline = (attempts: ShownAttempt[]) => drawn(<AttemptTimeline id="attempts" attempts={attempts} now={BEGIN + 3_000} />);

  test("tells of each attempt who made it, how it went, what it took and what it cost, exactly", () => {
    const error = { code: "provider_rate_limited", message: "Slow down." };
    const failed = attempt({
      status: "failed",
      error,
      ...times(0, null, 500),
      costNanos: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
    });
    const markup = timeline([failed, attempt({ number: 2, provider: "claude", model: "opus", ...times(1_000, 1_400, 3_000) })]);
    expect(markup).toContain('role="img" aria-labelledby="attempts-title attempts-desc"');
    expect(markup).toContain("Attempt 1 with codex: failed after 500 ms. Attempt 2 with claude: completed after 2.0 s.");
    expect(markup).toContain("2. claude · opus");
    expect(markup).toContain("<code>provider_rate_limited</code>");
    expect(markup).toContain("Slow down.");
    expect(markup).toContain("$0.00421375");
    expect(markup).toContain("$0.00<");
    expect(markup).toContain("1,200");
    expect(markup.match(/class="first-token"/g)).toHaveLength(1);
  });

  test("tells an unknown cost from none, and a count that is not final", () => {
    const markup = timeline([attempt({ costNanos: null, usageFinal: false })]);
    expect(markup).toContain('<span class="unknown">unknown</span>');
    expect(markup).toContain("not final");
    expect(timeline([attempt({ status: "running", endedAt: null, usageFinal: false })])).not.toContain("not final");
  });

  test("has a column of errors only when there are some", () => {
    expect(timeline([attempt()])).not.toContain(">Error<");
    expect(timeline([attempt({ error: { code: "timeout", message: "Too late." } })])).toContain(">Error<");
  });

  test("says so when there was none", () => expect(timeline([])).toBe('<p class="muted">No attempt was made.</p>'));

  test("has no style of its own, and is inert", () => {
    const error = { code: HOSTILE, message: HOSTILE };
    const markup = timeline([attempt({ provider: HOSTILE, model: HOSTILE, status: HOSTILE, error })]);
    expect(markup).not.toMatch(/style=|fill=/);
    expectInert(markup);
  });
});
