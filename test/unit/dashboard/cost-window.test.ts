import { describe, expect, test } from "vitest";
import { costWindow, daysFrom, windowQuery } from "../../../src/dashboard/cost-window.ts";
import { costDays } from "../../../src/dashboard/pages/cost-days.ts";

const NOW = Date.parse("2026-11-22T23:59:59.999Z");
const windowOf = (query: string) => costWindow(new URLSearchParams(query), NOW);

describe("costWindow", () => {
  test.each([
    ["", "30d", "2026-10-24"],
    ["window=7d", "7d", "2026-11-16"],
    ["window=30d", "30d", "2026-10-24"],
    ["window=90d", "90d", "2026-08-25"],
    ["window=1y", "30d", "2026-10-24"],
    ["window=constructor", "30d", "2026-10-24"],
  ])("of '%s' is %s, whole days up to and with today", (query, name, firstDay) => {
    const window = windowOf(query);
    expect(window).toEqual({ name, after: `${firstDay}T00:00:00.000Z`, before: undefined, firstDay, lastDay: "2026-11-22" });
    expect(windowQuery(window)).toEqual({ window: name });
  });

  test("of all has no beginning", () => {
    const window = windowOf("window=all");
    expect(window).toEqual({ name: "all", after: undefined, before: undefined, firstDay: undefined, lastDay: "2026-11-22" });
    expect(windowQuery(window)).toEqual({ window: "all" });
  });

  test("of two days has both of them, whole", () => {
    const window = windowOf("from=2026-11-01&to=2026-11-03&window=7d");
    expect(window).toMatchObject({ name: "custom", firstDay: "2026-11-01", lastDay: "2026-11-03" });
    expect(window).toMatchObject({ after: "2026-11-01T00:00:00.000Z", before: "2026-11-04T00:00:00.000Z" });
    expect(windowQuery(window)).toEqual({ from: "2026-11-01", to: "2026-11-03" });
  });

  test("of one day is open on the other side", () => {
    expect(windowOf("from=2026-11-01")).toMatchObject({
      after: "2026-11-01T00:00:00.000Z",
      before: undefined,
      lastDay: "2026-11-22",
    });
    const until = windowOf("to=2026-11-03");
    expect(until).toMatchObject({ after: undefined, before: "2026-11-04T00:00:00.000Z", firstDay: undefined });
    expect(windowQuery(until)).toEqual({ from: undefined, to: "2026-11-03" });
  });

  test.each(["from=2026-02-30", "from=yesterday", "to=", "from=2026-13-01&to=9999999-01-01"])(
    "takes '%s' for no day",
    (query) => {
      expect(windowOf(query).name).toBe("30d");
    },
  );
});

describe("daysFrom", () => {
  test("has both ends, across months", () => {
    expect(daysFrom("2026-10-30", "2026-11-02")).toEqual(["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]);
    expect(daysFrom("2026-11-02", "2026-11-02")).toEqual(["2026-11-02"]);
    expect(daysFrom("2026-11-03", "2026-11-02")).toEqual([]);
  });
});

describe("costDays", () => {
  const group = (day: string | null, model: string | null, totalCostNanos: number | null) => ({ day, model, totalCostNanos });

  test("has every day of the window, and who was asked", () => {
    const { costs, days } = costDays(
      [group("2026-11-21", "opus", 5), group("2026-11-22", null, null)],
      "2026-11-20",
      "2026-11-22",
    );
    expect(days).toEqual(["2026-11-20", "2026-11-21", "2026-11-22"]);
    expect(costs).toEqual([
      { day: "2026-11-21", series: "opus", nanos: 5 },
      { day: "2026-11-22", series: "no model", nanos: null },
    ]);
  });

  test("without a beginning starts with the first day that has costs; without these it is today", () => {
    expect(costDays([group("2026-11-21", "opus", 5)], undefined, "2026-11-22").days).toEqual(["2026-11-21", "2026-11-22"]);
    expect(costDays([], undefined, "2026-11-22")).toEqual({ costs: [], days: ["2026-11-22"] });
  });

  test("shows more than 92 days as months, added up exactly; what is unknown adds nothing", () => {
    const groups = [
      group("2026-01-31", "opus", 1),
      group("2026-01-01", "opus", 2),
      group("2026-01-02", "mini", null),
      group("2026-11-22", "opus", null),
      group("2026-11-21", "opus", 4),
    ];
    const { costs, days } = costDays(groups, undefined, "2026-11-22");
    expect(days).toHaveLength(11);
    expect([days[0], days.at(-1)]).toEqual(["2026-01", "2026-11"]);
    expect(costs).toEqual([
      { day: "2026-01", series: "opus", nanos: 3 },
      { day: "2026-01", series: "mini", nanos: null },
      { day: "2026-11", series: "opus", nanos: 4 },
    ]);
    expect(costDays(groups, "2026-08-23", "2026-11-22").days).toHaveLength(92);
  });

  test("draws a long window from its first costs to its last, and as years when these are many", () => {
    const few = [group("2026-11-20", "opus", 1), group("2026-11-21", "opus", 2)];
    expect(costDays(few, "0001-01-01", "9999-12-30")).toMatchObject({ days: ["2026-11-20", "2026-11-21"] });
    expect(costDays([], "0001-01-01", "9999-12-30")).toEqual({ costs: [], days: [] });
    const old = [group("2019-05-05", "opus", 1), group("2019-07-05", "opus", 2), group("2026-01-01", "opus", 4)];
    expect(costDays(old, undefined, "2026-11-22")).toEqual({
      costs: [
        { day: "2019", series: "opus", nanos: 3 },
        { day: "2026", series: "opus", nanos: 4 },
      ],
      days: ["2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"],
    });
  });
});
