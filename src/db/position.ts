/** Where a page of a list begins: after the row with this value of the column that the list is sorted by, and this id. */
export type Position = { value: number | null; id: string };
