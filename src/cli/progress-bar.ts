import { dollars } from "./figures.ts";

export type Progress = { done: number; failed: number; total: number; cost: number | null };

const CELLS = 24;

/** `[####····] 2/4, 1 failed, $0.01` */
export function progressBar({ done, failed, total, cost }: Progress): string {
  const full = total === 0 ? CELLS : Math.floor((CELLS * done) / total);
  const bar = `[${"#".repeat(full)}${"·".repeat(CELLS - full)}]`;
  return [`${bar} ${done}/${total}`, ...(failed > 0 ? [`${failed} failed`] : []), dollars(cost)].join(", ");
}

/** Draws over the line before. */
export const redrawn = (line: string): string => `\r\u001b[K${line}`;
