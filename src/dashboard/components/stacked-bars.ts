import { scaleBand, scaleLinear } from "d3-scale";
import { stack } from "d3-shape";

/** What was spent on one day (`YYYY-MM-DD`, or a month) in one series: nano-dollars, null when none of it is known. */
export type DayCost = { day: string; series: string; nanos: number | null };

type Rect = { x: number; y: number; width: number; height: number };
/** One piece of a bar. `tone` is the number of its series' colour. */
type Piece = Rect & { day: string; series: string; nanos: number; tone: number };
type Series = { name: string; tone: number; nanos: number | null };
export type StackedBars = {
  series: Series[];
  pieces: Piece[];
  /** Where a day has costs that are not known: the top middle of its bar. */
  unknowns: { day: string; x: number; y: number }[];
  yTicks: { nanos: number; y: number }[];
  xTicks: { day: string; x: number }[];
};

/** Of the area that bars are drawn in, in units of the drawing. */
export type Area = { left: number; top: number; width: number; height: number };

/** Colours there are: seven for the dearest series, the last for all others. */
const TONES = 8;
const OTHERS = "others";
const MOST_DAY_LABELS = 8;
const Y_TICKS = 4;

/** Costs as bars of a day each, a piece of it for each series, the dearest at the bottom. Pure geometry. */
export function stackedBars(costs: readonly DayCost[], days: readonly string[], area: Area): StackedBars {
  const series = seriesOf(costs);
  const byDay = new Map(days.map((day) => [day, costs.filter((cost) => cost.day === day)]));
  const named = new Set(series.map(({ name }) => name));
  const amount = (day: string, name: string) =>
    knownNanos((byDay.get(day) ?? []).filter((cost) => keyOf(cost, named) === name)) ?? 0;
  const x = scaleBand(days, [area.left, area.left + area.width]).padding(0.25);
  const bars = stack<string>()
    .keys(series.map(({ name }) => name))
    .value(amount)(days);
  const highest = Math.max(...bars.flatMap((bar) => bar.map(([, top]) => top)), 0);
  const y = scaleLinear([0, highest === 0 ? 1 : highest], [area.top + area.height, area.top]).nice(Y_TICKS);
  const pieces = bars.flatMap((bar) =>
    bar.flatMap((piece): Piece[] => {
      const [from, to] = piece;
      const { tone = 0 } = series.find(({ name }) => name === bar.key) ?? {};
      if (to === from) return [];
      const place = { x: x(piece.data) ?? 0, y: y(to), width: x.bandwidth(), height: y(from) - y(to) };
      return [{ ...place, day: piece.data, series: bar.key, nanos: to - from, tone }];
    }),
  );
  const middle = (day: string) => (x(day) ?? 0) + x.bandwidth() / 2;
  const topOf = (day: string) => Math.min(y(0), ...pieces.filter((piece) => piece.day === day).map((piece) => piece.y));
  const unknowns = days
    .filter((day) => byDay.get(day)?.some(({ nanos }) => nanos === null))
    .map((day) => ({ day, x: middle(day), y: topOf(day) }));
  return {
    series,
    pieces,
    unknowns,
    yTicks: ticksOf(y, highest),
    xTicks: labelled(days).map((day) => ({ day, x: middle(day) })),
  };
}

const keyOf = ({ series }: DayCost, named: ReadonlySet<string>): string => (named.has(series) ? series : OTHERS);

const ticksOf = (y: { (nanos: number): number; ticks(count: number): number[] }, highest: number) =>
  (highest === 0 ? [0] : y.ticks(Y_TICKS)).map((nanos) => ({ nanos, y: y(nanos) }));

/** The series, dearest first; what has no colour of its own any more is put together. */
function seriesOf(costs: readonly DayCost[]): Series[] {
  const totals = [...Map.groupBy(costs, ({ series }) => series)]
    .map(([name, own]) => ({ name, nanos: knownNanos(own) }))
    .sort((left, right) => (right.nanos ?? -1) - (left.nanos ?? -1) || (left.name < right.name ? -1 : 1));
  const own = totals.length <= TONES ? totals : totals.slice(0, TONES - 1);
  const others = totals.slice(own.length);
  const all = others.length === 0 ? own : [...own, { name: OTHERS, nanos: knownNanos(others) }];
  return all.map((each, tone) => ({ ...each, tone }));
}

/** The sum of all that is known, in nano-dollars; null when nothing is. */
export function knownNanos(costs: readonly { nanos: number | null }[]): number | null {
  const known = costs.flatMap(({ nanos }) => (nanos === null ? [] : [nanos]));
  return known.length === 0 && costs.length > 0 ? null : known.reduce((sum, nanos) => sum + nanos, 0);
}

/** Those of the days that have room for their names, counted from the last. */
function labelled(days: readonly string[]): string[] {
  const step = Math.max(1, Math.ceil(days.length / MOST_DAY_LABELS));
  return days.filter((_, index) => (days.length - 1 - index) % step === 0);
}
