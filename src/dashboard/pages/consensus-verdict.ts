/** What the judge of a consensus found: `agreement` is 0 to 1. */
export type Verdict = { agreement: number; dissent: { member: string; point: string }[] };

/** The verdict in the output data of a consensus; undefined while there is none. */
export function verdictOf(data: unknown): Verdict | undefined {
  if (!isRecord(data) || typeof data.agreement !== "number" || !Array.isArray(data.dissent)) return undefined;
  const dissent = data.dissent.flatMap((each: unknown) =>
    isRecord(each) && typeof each.member === "string" && typeof each.point === "string"
      ? [{ member: each.member, point: each.point }]
      : [],
  );
  return { agreement: Math.min(1, Math.max(0, data.agreement)), dissent };
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } => typeof value === "object" && value !== null;
