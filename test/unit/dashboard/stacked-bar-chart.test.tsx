import { describe, expect, test } from "vitest";
import { StackedBarChart } from "../../../src/dashboard/components/stacked-bar-chart.tsx";
import { type DayCost, stackedBars } from "../../../src/dashboard/components/stacked-bars.ts";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const AREA = { left: 10, top: 0, width: 100, height: 50 };
const DAYS = ["2026-11-20", "2026-11-21", "2026-11-22"];
const [FIRST = "", SECOND = "", THIRD = ""] = DAYS;
const cost = (day: string, series: string, nanos: number | null): DayCost => ({ day, series, nanos });

describe("stackedBars", () => {
  test("stacks the series of a day, the dearest series at the bottom, with exact amounts", () => {
    const { series, pieces } = stackedBars(
      [cost(FIRST, "mini", 10), cost(FIRST, "opus", 30), cost(SECOND, "mini", 15)],
      DAYS,
      AREA,
    );
    expect(series).toEqual([
      { name: "opus", nanos: 30, tone: 0 },
      { name: "mini", nanos: 25, tone: 1 },
    ]);
    expect(pieces.map(({ day, series: name, nanos }) => [day, name, nanos])).toEqual([
      [FIRST, "opus", 30],
      [FIRST, "mini", 10],
      [SECOND, "mini", 15],
    ]);
    const [opus, mini, alone] = pieces;
    expect(opus?.y).toBeCloseTo((mini?.y ?? 0) + (mini?.height ?? 0));
    expect((opus?.y ?? 0) + (opus?.height ?? 0)).toBeCloseTo(AREA.height);
    expect(opus?.height).toBeCloseTo(3 * (mini?.height ?? 0));
    expect((alone?.y ?? 0) + (alone?.height ?? 0)).toBeCloseTo(AREA.height);
  });

  test("keeps every piece in its area and leaves days without costs their place", () => {
    const { pieces, xTicks } = stackedBars([cost(FIRST, "a", 7), cost(THIRD, "a", 9_999_999_999)], DAYS, AREA);
    expect(xTicks.map(({ day }) => day)).toEqual(DAYS);
    for (const { x, y, width, height } of pieces) {
      expect(x).toBeGreaterThanOrEqual(AREA.left);
      expect(x + width).toBeLessThanOrEqual(AREA.left + AREA.width);
      expect(y).toBeGreaterThanOrEqual(AREA.top);
      expect(y + height).toBeLessThanOrEqual(AREA.top + AREA.height + 1e-9);
    }
  });

  test("draws nothing for nothing, and has a scale without costs too", () => {
    expect(stackedBars([], [], AREA)).toEqual({
      series: [],
      pieces: [],
      unknowns: [],
      yTicks: [{ nanos: 0, y: 50 }],
      xTicks: [],
    });
    const free = stackedBars([cost(FIRST, "local", 0)], DAYS, AREA);
    expect(free.pieces).toEqual([]);
    expect(free.series).toEqual([{ name: "local", nanos: 0, tone: 0 }]);
    expect(free.yTicks).toEqual([{ nanos: 0, y: 50 }]);
  });

  test("marks a day with unknown costs over what is known of it, and counts the unknown as nothing but unknown", () => {
    const { series, unknowns, pieces } = stackedBars(
      [cost(FIRST, "local", null), cost(FIRST, "opus", 5), cost(SECOND, "local", null)],
      DAYS,
      AREA,
    );
    expect(series.find(({ name }) => name === "local")?.nanos).toBeNull();
    expect(unknowns.map(({ day }) => day)).toEqual([FIRST, SECOND]);
    expect(unknowns[0]?.y).toBe(pieces[0]?.y);
    expect(unknowns[1]?.y).toBe(AREA.height);
  });

  test("gives eight series a colour each, and puts those after the seven dearest together when there are more", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => cost(FIRST, `model-${index}`, 100 - index));
    expect(stackedBars(many(8), DAYS, AREA).series.map(({ tone }) => tone)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const { series, pieces } = stackedBars(many(10), DAYS, AREA);
    expect(series.at(-1)).toEqual({ name: "others", nanos: 93 + 92 + 91, tone: 7 });
    expect(pieces.at(-1)).toMatchObject({ series: "others", nanos: 93 + 92 + 91, tone: 7 });
    expect(pieces.reduce((sum, { nanos }) => sum + nanos, 0)).toBe(many(10).reduce((sum, { nanos }) => sum + (nanos ?? 0), 0));
  });

  test("names at most eight days, the last always", () => {
    const days = Array.from({ length: 90 }, (_, index) => new Date(Date.UTC(2026, 7, 25 + index)).toISOString().slice(0, 10));
    const { xTicks } = stackedBars([cost(THIRD, "a", 1)], days, AREA);
    expect(xTicks.length).toBeLessThanOrEqual(8);
    expect(xTicks.at(-1)?.day).toBe(THIRD);
  });

  test("draws one day as one bar", () => {
    const { pieces } = stackedBars([cost(FIRST, "a", 1)], [FIRST], AREA);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.height).toBeCloseTo(AREA.height);
  });
});

describe("StackedBarChart", () => {
  const chart = (costs: DayCost[], days = DAYS) =>
    drawn(<StackedBarChart id="spend" title="Cost by day" costs={costs} days={days} />);

  test("is an image with a title, a description with the exact sums, a legend and the figures as a table", () => {
    const markup = chart([cost(FIRST, "opus", 1_000_000_001), cost(SECOND, "opus", 2_000_000_000)]);
    expect(markup).toContain('role="img" aria-labelledby="spend-title spend-desc"');
    expect(markup).toContain('<title id="spend-title">Cost by day</title>');
    expect(markup).toContain(`US dollars a day from ${FIRST} to ${THIRD}: opus $3.000000001.`);
    expect(markup).toContain(`<title>${FIRST}, opus: $1.000000001</title>`);
    expect(markup).toContain('title="$3.000000001">$3.00</data>');
    expect(markup).toContain('<data class="money" value="1000000001">$1.000000001</data>');
    expect(markup).toContain("US dollars\n".trim());
  });

  test("says so when nothing was spent", () => {
    expect(chart([])).toContain(`Nothing was spent from ${FIRST} to ${THIRD}.`);
    expect(chart([], [])).toContain("Nothing was spent.");
  });

  test("says of unknown costs that they are unknown, in the drawing, the legend and the table", () => {
    const markup = chart([cost(FIRST, "local", null)]);
    expect(markup).toContain(`<title>${FIRST}: some costs are unknown</title>`);
    expect(markup).toContain("local unknown.");
    expect(markup).toContain("? some costs of this day are unknown");
    expect(markup).toContain('<span class="unknown">unknown</span>');
  });

  test("has no style of its own: the page's policy allows none", () => {
    expect(chart([cost(FIRST, "opus", 1), cost(SECOND, "local", null)])).not.toMatch(/style=|<style|fill=/);
  });

  test("is inert", () => {
    const markup = drawn(<StackedBarChart id="x" title={HOSTILE} costs={[cost(HOSTILE, HOSTILE, 1)]} days={[HOSTILE]} />);
    expectInert(markup);
  });
});
