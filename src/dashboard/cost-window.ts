const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The windows that have a name, in days up to and with today; `all` has none. */
export const WINDOWS = { "7d": 7, "30d": 30, "90d": 90 } as const;
const DEFAULT = "30d";

/** Which costs are looked at. `after` and `before` are ISO 8601, the latter excluded; the days are UTC, both included. */
export type CostWindow = {
  name: keyof typeof WINDOWS | "all" | "custom";
  after: string | undefined;
  before: string | undefined;
  firstDay: string | undefined;
  lastDay: string;
};

/** The window that an address asks for with `window`, or `from` and `to`; 30 days when it asks for none, or for one that is not. */
export function costWindow(query: URLSearchParams, now: number): CostWindow {
  const [from, to] = [dayOf(query.get("from")), dayOf(query.get("to"))];
  const today = new Date(now).toISOString().slice(0, 10);
  if (from !== undefined || to !== undefined) {
    const before = to === undefined ? undefined : startOf(Date.parse(to) + DAY_MS);
    return { name: "custom", after: from && startOf(Date.parse(from)), before, firstDay: from, lastDay: to ?? today };
  }
  const asked = query.get("window") ?? DEFAULT;
  if (asked === "all") return { name: "all", after: undefined, before: undefined, firstDay: undefined, lastDay: today };
  const name = asked in WINDOWS && Object.hasOwn(WINDOWS, asked) ? (asked as keyof typeof WINDOWS) : DEFAULT;
  const after = startOf(Date.parse(today) - (WINDOWS[name] - 1) * DAY_MS);
  return { name, after, before: undefined, firstDay: after.slice(0, 10), lastDay: today };
}

/** The window as an address has it. */
export const windowQuery = ({ name, firstDay, after, before, lastDay }: CostWindow): { [name: string]: string | undefined } =>
  name === "custom" ? { from: after && firstDay, to: before && lastDay } : { window: name };

/** The days from the first to the last, both included; none when they are the wrong way round. */
export function daysFrom(first: string, last: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** How many days later the second is. */
export const daysBetween = (first: string, last: string): number => (Date.parse(last) - Date.parse(first)) / DAY_MS;

const startOf = (at: number): string => new Date(at).toISOString();

/** A day there is: 2026-02-30 is none. */
function dayOf(text: string | null): string | undefined {
  if (text === null || !DAY.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : text;
}
