import { availableParallelism, cpus } from "node:os";
import { processCpuMs } from "./process-use.ts";
import { nowMs } from "./vendor-script.ts";

/** CPU milliseconds used so far, by role; null where this system does not tell. */
type CpuReading = { at: number; workerd: number | null; generator: number; vendor: number; machine: number };

/** Who used the machine while something was measured, in cores (1 = one core all the time). */
export type CpuShares = {
  workerd: number | null;
  /** The process that sends the requests: the bench itself. */
  generator: number;
  vendor: number;
  /** Other programs: what is measured while this is high is slower than it should be. */
  others: number | null;
  cores: number;
};

export type CpuMeter = { vendorCpuMs: () => Promise<number>; workerdPids: () => number[] };

/** Runs `measured` and tells who used how much CPU meanwhile. */
export async function withCpu<T>(
  meter: CpuMeter,
  measured: () => Promise<T>,
): Promise<{ value: T; shares: CpuShares; workerdMs: number | null }> {
  const before = await reading(meter);
  const value = await measured();
  const after = await reading(meter);
  const wallMs = after.at - before.at;
  const cores = (from: number, to: number): number => Math.max(0, to - from) / wallMs;
  const workerdMs = before.workerd === null || after.workerd === null ? null : after.workerd - before.workerd;
  const generator = cores(before.generator, after.generator);
  const vendor = cores(before.vendor, after.vendor);
  const workerd = workerdMs === null ? null : workerdMs / wallMs;
  const others = workerd === null ? null : Math.max(0, cores(before.machine, after.machine) - workerd - generator - vendor);
  return { value, workerdMs, shares: { workerd, generator, vendor, others, cores: availableParallelism() } };
}

async function reading({ vendorCpuMs, workerdPids }: CpuMeter): Promise<CpuReading> {
  const { user, system } = process.cpuUsage();
  const vendor = await vendorCpuMs();
  return {
    at: nowMs(),
    workerd: processesCpuMs(workerdPids()),
    generator: (user + system) / 1_000,
    vendor,
    machine: machineCpuMs(),
  };
}

/** CPU milliseconds that all cores have worked so far. */
export const machineCpuMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

/** Null where this system does not tell. */
export function processesCpuMs(pids: number[]): number | null {
  try {
    return pids.reduce((sum, pid) => sum + processCpuMs(pid), 0);
  } catch {
    return null;
  }
}
