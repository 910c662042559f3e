let number = 0;

/** A word that no other prompt of this run contains: it tells one task's requests at the vendors from all others'. */
export function marker(): string {
  number += 1;
  return `marker-${process.pid}-${number}-end`;
}
