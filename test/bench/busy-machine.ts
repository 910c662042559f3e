/** From here on, others' work is longer times for what is measured; in cores. */
const MUCH = 0.2;

/**
 * What to say of a machine that others use as well; null when nothing is. `load` is the machine's one-minute load average
 * before the measurement, `others` the cores that other programs used during each of its parts.
 */
export function busyText(cores: number, load: number, others: readonly (number | null)[]): string | null {
  const most = Math.max(0, ...others.map((used) => used ?? 0));
  if (most <= MUCH && load <= MUCH * cores) return null;
  return (
    `THE MACHINE WAS BUSY: other programs used up to ${most.toFixed(2)} of ${cores} cores (load ${load.toFixed(2)} at the start). ` +
    "Times are longer than on an idle machine, those that wait for the disk most of all, and ratios move. Repeat it when nothing else runs."
  );
}
