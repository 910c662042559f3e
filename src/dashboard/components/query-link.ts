/** Filters of a page as its address has them. */
export type Query = { readonly [name: string]: string | undefined };

/** The address of a page with these filters; those that are not set are left out. */
export function queryLink(path: string, query: Query): string {
  const set = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]]));
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

/** The address of one thing by its id. */
export const idLink = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;
