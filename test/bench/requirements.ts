/** One figure that the product must reach: at most (or at least) so much. */
type Requirement = { figure: string; required: number; bound: "at most" | "at least"; unit: string };

/**
 * A requirement with what was measured, null where that could not be; `met` says whether it holds. `inMemory` is the same figure with the state kept in
 * memory, null where it was not measured: what lies between the two is the disk.
 */
export type Verdict = Requirement & { measured: number | null; met: boolean | null; inMemory: number | null };

const REQUIREMENTS = {
  accept: { figure: "accept, p50, 1 client", required: 10, bound: "at most", unit: "ms" },
  toVendor: { figure: "accept → vendor, p50", required: 15, bound: "at most", unit: "ms" },
  overhead: { figure: "overhead over a direct SDK call, medians", required: 25, bound: "at most", unit: "ms" },
  fanOut: { figure: "100 one-second delegations in parallel", required: 2_500, bound: "at most", unit: "ms" },
  throughput: { figure: "sustained delegations", required: 120, bound: "at least", unit: "/s" },
  history: {
    figure: "a history of 200,000: slowest list, search or cost report, p95",
    required: 100,
    bound: "at most",
    unit: "ms",
  },
  postedRatio: { figure: "100 one-second delegations : Promise.all", required: 1.5, bound: "at most", unit: "×" },
  batchRatio: { figure: "a batch of 100 one-second tasks : Promise.all", required: 1.5, bound: "at most", unit: "×" },
  cliRatio: { figure: "20 runs of the vendor's CLI : 20 delegations", required: 20, bound: "at least", unit: "×" },
  pgBossRatio: { figure: "1,000 jobs of pg-boss : a batch of 1,000", required: 1, bound: "at least", unit: "×" },
  objectRows: { figure: "rows written in the object, unwatched", required: 10, bound: "at most", unit: "rows" },
  d1Rows: { figure: "rows written in D1, unwatched", required: 10, bound: "at most", unit: "rows" },
} as const satisfies { [name: string]: Requirement };

export type Figures = { [name in keyof typeof REQUIREMENTS]: number };

/**
 * Holds what was measured against what is required, in the order of the table. A figure that could not be measured is null, and
 * its requirement stands without a verdict; one that was not asked for is absent, and so is its requirement.
 */
export function verdicts(measured: { [name in keyof Figures]?: number | null }, inMemory: Partial<Figures> = {}): Verdict[] {
  return (Object.entries(REQUIREMENTS) as [keyof Figures, Requirement][]).flatMap(([name, requirement]) => {
    const value = measured[name];
    if (value === undefined) return [];
    return [{ ...requirement, measured: value, met: isMet(requirement, value), inMemory: inMemory[name] ?? null }];
  });
}

function isMet({ bound, required }: Requirement, value: number | null): boolean | null {
  if (value === null) return null;
  return bound === "at most" ? value <= required : value >= required;
}
