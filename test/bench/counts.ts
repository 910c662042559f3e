/** What a counted Worker did, by kind; every number is a whole count since the last reset. */
export type Counts = {
  /** Requests that reached the Worker. */
  workerRequests: number;
  /** Calls of the object's methods by name; each is a request of its own. */
  objectCalls: { [method: string]: number };
  alarms: number;
  /** Rows put, deleted (both are charged as written) and read in the object, by key without its number. */
  rowsWritten: { [key: string]: number };
  rowsRead: { [key: string]: number };
  /** Calls of the other objects (the ledger, circuits, rate limits …) as `class.method`, and rows written in them as `class.row`. */
  otherCalls: { [method: string]: number };
  otherRows: { [row: string]: number };
  /** Rows that D1 itself says a statement has read and written, by its first words and table. */
  d1Written: { [statement: string]: number };
  d1Read: { [statement: string]: number };
  d1RoundTrips: number;
  queueOperations: number;
};

export const noCounts = (): Counts => ({
  workerRequests: 0,
  objectCalls: {},
  alarms: 0,
  rowsWritten: {},
  rowsRead: {},
  otherCalls: {},
  otherRows: {},
  d1Written: {},
  d1Read: {},
  d1RoundTrips: 0,
  queueOperations: 0,
});

/** Adds `amount` to one entry. */
export function count(entries: { [name: string]: number }, name: string, amount = 1): void {
  entries[name] = (entries[name] ?? 0) + amount;
}

export const sumOf = (entries: { [name: string]: number }): number =>
  Object.values(entries).reduce((sum, amount) => sum + amount, 0);

/** The kind of a storage key: its first part. */
export const kindOfKey = (key: string): string => key.split("/")[0] ?? key;

/** `insert delegations` from an SQL text: the verb and the first table that is named. */
export function kindOfStatement(text: string): string {
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? "?";
  const table = /\b(?:into|from|update)\s+"?(\w+)/i.exec(text)?.[1] ?? "?";
  return `${verb} ${table}`;
}

/** The same counts per delegation. */
export function perDelegation(counts: Counts, delegations: number): Counts {
  const each = (entries: { [name: string]: number }) =>
    Object.fromEntries(Object.entries(entries).map(([name, amount]) => [name, Number((amount / delegations).toFixed(3))]));
  return {
    workerRequests: counts.workerRequests / delegations,
    objectCalls: each(counts.objectCalls),
    alarms: counts.alarms / delegations,
    rowsWritten: each(counts.rowsWritten),
    rowsRead: each(counts.rowsRead),
    otherCalls: each(counts.otherCalls),
    otherRows: each(counts.otherRows),
    d1Written: each(counts.d1Written),
    d1Read: each(counts.d1Read),
    d1RoundTrips: counts.d1RoundTrips / delegations,
    queueOperations: counts.queueOperations / delegations,
  };
}
