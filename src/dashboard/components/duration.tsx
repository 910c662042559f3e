/** Milliseconds for people: `340 ms`, `1.2 s`, `2 min 5 s`, `3 h 7 min`, `4 d 2 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** How long something took, in milliseconds; a dash when it is not known. */
export function Duration({ ms }: { ms: number | null }) {
  if (ms === null) return <span class="unknown">–</span>;
  return <time datetime={`PT${(ms / 1_000).toFixed(3)}S`}>{durationText(ms)}</time>;
}
