import { harmless } from "./terminal.ts";

export type Cell = string | number | boolean | null | undefined;

const GAP = "  ";

/** Rows under their headings, columns aligned, no line longer than `width` characters. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], width: number): string {
  const lines = [headings, ...rows.map((row) => row.map(cell))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `${lineOf(line, widths, width)}\n`).join("");
}

function lineOf(line: readonly string[], widths: readonly number[], width: number): string {
  const padded = line.map((text, column) => text.padEnd(widths[column] ?? 0));
  return padded.join(GAP).trimEnd().slice(0, width);
}

const cell = (value: Cell): string =>
  value === null || value === undefined ? "-" : harmless(String(value)).replace(/\s+/g, " ");
