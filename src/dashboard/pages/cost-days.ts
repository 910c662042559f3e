import { type DayCost, knownNanos } from "../components/stacked-bars.ts";
import { daysBetween, daysFrom } from "../cost-window.ts";

/** More days than this are shown as months, and more months than this as years. */
const MOST_DAYS = 92;
const MOST_MONTHS = 60;
const MONTH_CHARACTERS = 7;
const YEAR_CHARACTERS = 4;

type DayGroup = { day?: string | null | undefined; model?: string | null | undefined; totalCostNanos: number | null };

/**
 * Costs by day and model as a chart has them. Without a first day, it is the first one with costs; a long window is drawn from
 * its first costs to its last only.
 */
export function costDays(
  groups: readonly DayGroup[],
  firstDay: string | undefined,
  lastDay: string,
): { costs: DayCost[]; days: string[] } {
  const costs = groups.flatMap(({ day, model, totalCostNanos }) =>
    typeof day === "string" ? [{ day, series: model ?? "no model", nanos: totalCostNanos }] : [],
  );
  const found = costs.map(({ day }) => day).sort();
  const [earliest = lastDay] = found;
  const first = firstDay ?? earliest;
  if (daysBetween(first, lastDay) < MOST_DAYS) return { costs, days: daysFrom(first, lastDay) };
  const days = found.length === 0 ? [] : daysFrom(earliest, found.at(-1) ?? lastDay);
  if (days.length <= MOST_DAYS) return { costs, days };
  const months = [...new Set(days.map((day) => day.slice(0, MONTH_CHARACTERS)))];
  if (months.length <= MOST_MONTHS) return { costs: summed(costs, MONTH_CHARACTERS), days: months };
  return { costs: summed(costs, YEAR_CHARACTERS), days: [...new Set(days.map((day) => day.slice(0, YEAR_CHARACTERS)))] };
}

/** Costs of days that begin with the same characters put together. */
function summed(costs: readonly DayCost[], characters: number): DayCost[] {
  const groups = Map.groupBy(costs, ({ day, series }) => JSON.stringify([day.slice(0, characters), series]));
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return [{ day: first.day.slice(0, characters), series: first.series, nanos: knownNanos(own) }];
  });
}
