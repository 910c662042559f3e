import { statusText } from "../words.ts";
import { type Query, queryLink } from "./query-link.ts";

type StatusFilterProps = {
  path: string;
  statuses: readonly string[];
  /** What is filtered now, kept when the status changes. */
  query: Query;
};

/** Tabs that narrow a list to one status; the choice is in the address. */
export function StatusFilter({ path, statuses, query }: StatusFilterProps) {
  const options = [{ name: "all", value: undefined }, ...statuses.map((status) => ({ name: status, value: status }))];
  return (
    <nav class="tabs" aria-label="Status">
      {options.map(({ name, value }) => (
        <a
          href={queryLink(path, { ...query, status: value, cursor: undefined })}
          aria-current={query.status === value ? "page" : undefined}
        >
          {statusText(name)}
        </a>
      ))}
    </nav>
  );
}
