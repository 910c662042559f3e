/** Rows of text under their heads, in columns; the columns named in `right` are aligned right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], right: readonly string[] = []): string[] {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${heads
      .map((head, column) => {
        const cell = cells[column] ?? "";
        return right.includes(head) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join("  ")
      .trimEnd()}`;
  return [line(heads), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)];
}

/** US dollars with as many digits as small amounts need; what is not known is said so. */
export function dollars(amount: number | null): string {
  return amount === null ? "unknown" : `$${amount.toFixed(6)}`;
}
