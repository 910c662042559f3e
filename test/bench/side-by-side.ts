import { setTimeout as sleep } from "node:timers/promises";
import { machineCpuMs } from "./cpu-use.ts";
import { median, ratioOf, rounded } from "./statistics.ts";
import { nowMs } from "./vendor-script.ts";

/** One way to get the same work done. */
export type Side = {
  name: string;
  /** Does all of it; returns when the last result is there and kept. */
  run(): Promise<unknown>;
  /** CPU milliseconds of all its processes so far, the vendor's not; null where the system does not tell. */
  cpuMs(): number | null;
};

/** Medians of the rounds; CPU in seconds, until a moment after the last result: what is put off is paid, too. */
type SideFigures = { name: string; ms: number; cpuSeconds: number | null };

export type Comparison = {
  rounds: number;
  ours: SideFigures;
  theirs: SideFigures;
  /** How many times as long as ours theirs takes: the median of the rounds' quotients. Above 1 we are faster. */
  timesFaster: number;
  /** The other way round: ours divided by theirs. */
  timesAsLong: number;
  /** The cores that programs other than these and the vendor used meanwhile; null where the system does not tell. */
  others: number | null;
};

type Run = { ms: number; cpuMs: number | null };

/** How long a side gets to finish what it does after its last result, before the other's turn. */
const SETTLE_MS = 1_000;

/** Runs both in turns, so that whatever else the machine does meets both; every other round the other begins. */
export async function sideBySide(
  ours: Side,
  theirs: Side,
  rounds: number,
  vendorCpuMs: () => Promise<number>,
): Promise<Comparison> {
  const runs: { ours: Run[]; theirs: Run[] } = { ours: [], theirs: [] };
  const [begun, machineBefore, vendorBefore] = [nowMs(), machineCpuMs(), await vendorCpuMs()];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 1) runs.theirs.push(await timed(theirs));
    runs.ours.push(await timed(ours));
    if (round % 2 === 0) runs.theirs.push(await timed(theirs));
  }
  const known = sumOf([...runs.ours, ...runs.theirs]);
  const machine = machineCpuMs() - machineBefore - ((await vendorCpuMs()) - vendorBefore);
  return comparisonOf({
    names: [ours.name, theirs.name],
    runs,
    others: known === null ? null : Math.max(0, machine - known) / (nowMs() - begun),
  });
}

async function timed(side: Side): Promise<Run> {
  const [begun, before] = [nowMs(), side.cpuMs()];
  await side.run();
  const ms = nowMs() - begun;
  await sleep(SETTLE_MS);
  const after = side.cpuMs();
  return { ms, cpuMs: before === null || after === null ? null : after - before };
}

function sumOf(runs: readonly Run[]): number | null {
  let sum = 0;
  for (const { cpuMs } of runs) {
    if (cpuMs === null) return null;
    sum += cpuMs;
  }
  return sum;
}

/** The figures of runs that were taken in turns. */
export function comparisonOf(measured: {
  names: [string, string];
  runs: { ours: readonly Run[]; theirs: readonly Run[] };
  others: number | null;
}): Comparison {
  const { runs, others } = measured;
  const [ourName, theirName] = measured.names;
  const [ours, theirs] = [runs.ours.map(({ ms }) => ms), runs.theirs.map(({ ms }) => ms)];
  return {
    rounds: runs.ours.length,
    ours: figuresOf(ourName, runs.ours),
    theirs: figuresOf(theirName, runs.theirs),
    timesFaster: rounded(ratioOf(theirs, ours)),
    timesAsLong: rounded(ratioOf(ours, theirs)),
    others: others === null ? null : rounded(others),
  };
}

function figuresOf(name: string, runs: readonly Run[]): SideFigures {
  const cpu = runs.flatMap(({ cpuMs }) => (cpuMs === null ? [] : [cpuMs]));
  const told = cpu.length === runs.length;
  return { name, ms: rounded(median(runs.map(({ ms }) => ms)), 0), cpuSeconds: told ? rounded(median(cpu) / 1_000) : null };
}
