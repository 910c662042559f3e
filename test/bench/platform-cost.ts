import { OBJECT_GIGABYTES, PLATFORM_PRICES } from "./platform-prices.ts";

/** What one delegation makes the platform do; averages, so they may be fractions. */
export type PlatformUse = {
  workerRequests: number;
  workerCpuMs: number;
  /** RPC calls and alarms: each is one request. */
  objectRequests: number;
  /** Seconds the object cannot sleep: from its first request to the end of the call. */
  objectSeconds: number;
  objectRowsRead: number;
  /** Alarms set are rows, too. */
  objectRowsWritten: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  queueOperations: number;
};

export type CostItem = { item: string; perDelegation: number; unit: string; dollarsPerMillion: number };

const MILLION = 1_000_000;

/** The price of a million delegations of this kind, in US dollars, item by item; the last item is the total. */
export function platformCost(use: PlatformUse): CostItem[] {
  const prices = PLATFORM_PRICES;
  const item = (name: string, unit: string, amount: number, price: number): CostItem => ({
    item: name,
    perDelegation: amount,
    unit,
    dollarsPerMillion: amount * MILLION * price,
  });
  const items = [
    item("object duration", "GB-s", use.objectSeconds * OBJECT_GIGABYTES, prices.objectGigabyteSecond),
    item("object rows written", "rows", use.objectRowsWritten, prices.objectRowWritten),
    item("object rows read", "rows", use.objectRowsRead, prices.objectRowRead),
    item("object requests and alarms", "requests", use.objectRequests, prices.objectRequest),
    item("D1 rows written", "rows", use.d1RowsWritten, prices.d1RowWritten),
    item("D1 rows read", "rows", use.d1RowsRead, prices.d1RowRead),
    item("queue operations", "operations", use.queueOperations, prices.queueOperation),
    item("Worker requests", "requests", use.workerRequests, prices.workerRequest),
    item("Worker CPU", "ms", use.workerCpuMs, prices.workerCpuMs),
  ];
  const total = items.reduce((sum, { dollarsPerMillion }) => sum + dollarsPerMillion, 0);
  return [...items, { item: "total", perDelegation: 1, unit: "delegation", dollarsPerMillion: total }];
}
