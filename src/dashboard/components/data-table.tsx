import type { Child } from "hono/jsx";

/** One column: its head, what a row has there, and whether that is a number, or a text that wants all the width of a phone. */
export type Column<Row> = { head: string; cell: (row: Row) => Child; numeric?: boolean; wide?: boolean };

type DataTableProps<Row> = {
  /** What the table is of, for who does not see it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** The id of a row in the document, by which a live page finds it. */
  idOf?: (row: Row) => string;
};

/** Rows under their heads. The first column is what a row is called by; on a phone each row is a card. */
export function DataTable<Row>({ caption, columns, rows, idOf }: DataTableProps<Row>) {
  return (
    <table class="data">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ head, numeric }) => (
            <th scope="col" class={numeric ? "number" : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr id={idOf?.(row)}>{columns.map((column, index) => cellOf(column, row, index === 0))}</tr>
        ))}
      </tbody>
    </table>
  );
}

function cellOf<Row>({ head, cell, numeric, wide }: Column<Row>, row: Row, isFirst: boolean) {
  const content = cell(row);
  if (isFirst) return <th scope="row">{content}</th>;
  return (
    <td class={numeric ? "number" : wide ? "wide" : undefined} data-label={head}>
      {content}
    </td>
  );
}
