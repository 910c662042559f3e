import type { DayCost } from "../components/stacked-bars.ts";
import { daysFrom } from "../cost-window.ts";

/** More days than this are shown as months. */
const MOST_DAYS = 92;
const MONTH_CHARACTERS = 7;

type DayGroup = { day?: string | null | undefined; model?: string | null | undefined; totalCostNanos: number | null };

/** Costs by day and model as a chart has them. Without a first day, it is the first one with costs. */
export function costDays(
  groups: readonly DayGroup[],
  firstDay: string | undefined,
  lastDay: string,
): { costs: DayCost[]; days: string[] } {
  const costs = groups.flatMap(({ day, model, totalCostNanos }) =>
    typeof day === "string" ? [{ day, series: model ?? "no model", nanos: totalCostNanos }] : [],
  );
  const earliest = costs.reduce((first, { day }) => (day < first ? day : first), lastDay);
  const days = daysFrom(firstDay ?? earliest, lastDay);
  if (days.length <= MOST_DAYS) return { costs, days };
  return { costs: byMonth(costs), days: [...new Set(days.map(monthOf))] };
}

const monthOf = (day: string): string => day.slice(0, MONTH_CHARACTERS);

function byMonth(costs: readonly DayCost[]): DayCost[] {
  const groups = Map.groupBy(costs, ({ day, series }) => JSON.stringify([monthOf(day), series]));
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const known = own.flatMap(({ nanos }) => (nanos === null ? [] : [nanos]));
    const nanos = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
    return [{ day: monthOf(first.day), series: first.series, nanos }];
  });
}
