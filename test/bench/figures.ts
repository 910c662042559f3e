import type { Sections } from "./bench-report.ts";
import { sumOf } from "./counts.ts";
import { slowest } from "./history.ts";
import type { PromiseAll } from "./promise-all.ts";
import type { Figures } from "./requirements.ts";
import type { Speed } from "./speed-report.ts";
import type { OrWhyNot } from "./unavailable.ts";

/** The required figures of the sections that were asked for; null for those that could not be measured. */
export function figuresOf({ speed, history, promiseAll, cli, pgBoss, platform }: Sections): {
  [name in keyof Figures]?: number | null;
} {
  return {
    ...(speed && speedFigures(speed.onDisk)),
    ...(history && { history: slowest(history) }),
    ...(promiseAll && promiseAllFigures(promiseAll.onDisk)),
    ...(cli && { cliRatio: figureOf(cli, ({ comparison }) => comparison.timesFaster) }),
    // Against whichever way is the faster one for them.
    ...(pgBoss && { pgBossRatio: figureOf(pgBoss, ({ each, together }) => Math.min(each.timesFaster, together.timesFaster)) }),
    ...(platform && { objectRows: sumOf(platform.use.long.rowsWritten), d1Rows: sumOf(platform.use.long.d1Written) }),
  };
}

export const inMemoryFiguresOf = ({ speed, promiseAll }: Sections): Partial<Figures> => ({
  ...(speed?.inMemory && speedFigures(speed.inMemory)),
  ...(promiseAll?.inMemory && promiseAllFigures(promiseAll.inMemory)),
});

const promiseAllFigures = ({ posted, batch }: PromiseAll): Partial<Figures> => ({
  postedRatio: posted.timesAsLong,
  batchRatio: batch.timesAsLong,
});

const speedFigures = ({ latency, throughput, fanOut }: Speed): Partial<Figures> => ({
  accept: latency.acceptOneClient.p50,
  toVendor: latency.toVendor.p50,
  overhead: latency.overhead,
  throughput: throughput.perSecond,
  fanOut: fanOut.find(({ tasks }) => tasks === 100)?.delegatedMs ?? Number.NaN,
});

const figureOf = <T>(section: OrWhyNot<T>, value: (measured: T) => number): number | null =>
  "measured" in section ? value(section.measured) : null;
