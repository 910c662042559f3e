import type { ApiClient } from "./api-client.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { section } from "./report-section.ts";
import { median, rounded } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import { nowMs } from "./vendor-script.ts";

/** What it takes to know who asks: requests per second that hardly do anything else, and milliseconds for one by itself. */
export type KeyChecks = {
  callers: number;
  ownerPerSecond: number;
  keyPerSecond: number;
  /** Medians: the first request with a key that the isolate has not seen, which is looked up in D1, and the next one with it. */
  coldMs: number;
  warmMs: number;
};

/** So high that nobody is refused; what is used is counted all the same. */
export const KEY_SETTINGS = { RATE_LIMIT_PER_MINUTE: "10000000" };
const COLD_KEYS = 100;
/** The two sides take turns: what else the machine does meets both. */
const TURNS = 9;
const QUESTION = { task_type: "CODE_GENERATION", complexity: "LOW", budget_mode: "BALANCED" };

/** Has the server choose a model, which is pure computing. */
const ask = (api: ApiClient): Promise<unknown> => api.sent("/v1/models/select", QUESTION);

export async function measureKeyChecks({ api }: MeasuredServer, callers: number, seconds: number): Promise<KeyChecks> {
  const keys: string[] = [];
  while (keys.length < COLD_KEYS) keys.push(await newKey(api, keys.length));
  await askedPerSecond(api, callers, seconds / 5);
  const cold: number[] = [];
  const warm: number[] = [];
  for (const key of keys) {
    const holder = api.withKey(key);
    cold.push(await timed(holder));
    warm.push(await timed(holder));
  }
  const sides = { owner: [] as number[], key: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    sides.owner.push(await askedPerSecond(api, callers, seconds / TURNS));
    sides.key.push(await askedPerSecond(api.withKey(keys[0] ?? ""), callers, seconds / TURNS));
  }
  const [ownerPerSecond, keyPerSecond] = [median(sides.owner), median(sides.key)];
  return { callers, ownerPerSecond, keyPerSecond, coldMs: rounded(median(cold)), warmMs: rounded(median(warm)) };
}

async function newKey(api: ApiClient, number: number): Promise<string> {
  const { key } = (await api.sent("/v1/keys", { name: `bench-${number}`, scopes: ["read"] })) as { key: string };
  return key;
}

async function timed(api: ApiClient): Promise<number> {
  const begun = nowMs();
  await ask(api);
  return nowMs() - begun;
}

async function askedPerSecond(api: ApiClient, callers: number, seconds: number): Promise<number> {
  const begun = nowMs();
  let asked = 0;
  const caller = async () => {
    while (nowMs() - begun < seconds * 1_000) {
      await ask(api);
      asked += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return rounded(asked / ((nowMs() - begun) / 1_000), 1);
}

export const keySection = ({ callers, ownerPerSecond, keyPerSecond, coldMs, warmMs }: KeyChecks): string =>
  section(
    "Keys: requests that do little but be let in",
    textTable(
      ["", ""],
      [
        [`per second with the owner's key, ${callers} callers`, ownerPerSecond],
        [`per second with a key of a workspace, ${callers} callers`, keyPerSecond],
        ["a key's first request, p50, ms", coldMs],
        ["a key's next request, p50, ms", warmMs],
      ],
    ),
  );
