/** One figure that the product must reach: at most (or at least) so much. */
type Requirement = { figure: string; required: number; bound: "at most" | "at least"; unit: string };

/**
 * A requirement with what was measured; `met` says whether it holds. `inMemory` is the same figure with the state kept in
 * memory, null where it was not measured: what lies between the two is the disk.
 */
export type Verdict = Requirement & { measured: number; met: boolean; inMemory: number | null };

const REQUIREMENTS = {
  accept: { figure: "accept, p50, 1 client", required: 10, bound: "at most", unit: "ms" },
  toVendor: { figure: "accept → vendor, p50", required: 15, bound: "at most", unit: "ms" },
  overhead: { figure: "overhead over a direct SDK call, medians", required: 25, bound: "at most", unit: "ms" },
  fanOut: { figure: "100 one-second delegations in parallel", required: 2_500, bound: "at most", unit: "ms" },
  throughput: { figure: "sustained delegations", required: 120, bound: "at least", unit: "/s" },
  objectRows: { figure: "rows written in the object, unwatched", required: 10, bound: "at most", unit: "rows" },
  d1Rows: { figure: "rows written in D1, unwatched", required: 10, bound: "at most", unit: "rows" },
} as const satisfies { [name: string]: Requirement };

export type Figures = { [name in keyof typeof REQUIREMENTS]: number };

/** Holds what was measured against what is required, in the order of the table. */
export function verdicts(measured: Figures, inMemory: Partial<Figures> = {}): Verdict[] {
  return Object.entries(REQUIREMENTS).map(([name, requirement]) => {
    const value = measured[name as keyof Figures];
    const met = requirement.bound === "at most" ? value <= requirement.required : value >= requirement.required;
    return { ...requirement, measured: value, met, inMemory: inMemory[name as keyof Figures] ?? null };
  });
}
