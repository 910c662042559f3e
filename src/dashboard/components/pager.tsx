/** The ways to the other pages of a list: addresses, null where there is none. */
export function Pager({ first, next }: { first: string | null; next: string | null }) {
  if (first === null && next === null) return null;
  return (
    <nav class="pager" aria-label="More of this list">
      {first !== null && <a href={first}>← First page</a>}
      {next !== null && (
        <a href={next} rel="next">
          Next page →
        </a>
      )}
    </nav>
  );
}
