import type { Cell } from "./table.ts";

/** What a row of a report is of, in the order asked for; `all` when it is of everything. */
export const groupCells = (row: object, by: readonly string[]): Cell[] =>
  by.length === 0 ? ["all"] : by.map((name) => String(Object.entries(row).find(([key]) => key === name)?.[1] ?? "-"));

export const groupHeadings = (by: readonly string[]): readonly string[] => (by.length === 0 ? ["of"] : by);
