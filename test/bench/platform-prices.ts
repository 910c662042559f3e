/**
 * What Cloudflare charges on the paid plan above the included amounts, in US dollars, as published and read on 2026-11-22:
 * - Workers: https://developers.cloudflare.com/workers/platform/pricing/
 * - Durable Objects: https://developers.cloudflare.com/durable-objects/platform/pricing/
 * - D1: https://developers.cloudflare.com/d1/platform/pricing/
 * - Queues: https://developers.cloudflare.com/queues/platform/pricing/
 * The plan itself ($5 a month) and stored bytes are not in here.
 */
export const PLATFORM_PRICES = {
  workerRequest: 0.3e-6,
  workerCpuMs: 0.02e-6,
  objectRequest: 0.15e-6,
  /** Durable Objects are charged by time awake × 128 MB, whatever they use of it; their CPU is not charged apart. */
  objectGigabyteSecond: 12.5e-6,
  objectRowRead: 0.001e-6,
  objectRowWritten: 1e-6,
  d1RowRead: 0.001e-6,
  d1RowWritten: 1e-6,
  queueOperation: 0.4e-6,
} as const;

/** The memory an object is charged for, in gigabytes. */
export const OBJECT_GIGABYTES = 0.128;
