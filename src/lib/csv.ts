export type CsvValue = string | number | boolean | null | undefined;

/** What a spreadsheet would take for the beginning of a formula; the wide signs are those of East Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** What ends a cell, with semicolons and tabs for those that split at these: behind one a formula would begin. */
const SEPARATOR = /[",;\t\r\n]/;

/**
 * One line of CSV (RFC 4180, ended by CRLF). Unknown values are empty. A text that a spreadsheet would run as a formula gets an
 * apostrophe before it; numbers are as they are.
 */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(",")}\r\n`;

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return SEPARATOR.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
