import type { Config } from "../config.ts";
import { checkDatabase, type DatabaseCheck } from "../db/check-database.ts";
import { createDatabase } from "../db/client.ts";
import { deploymentOf } from "../delegations/admission/deployment.ts";
import { AppError } from "../errors.ts";
import { describeError, log } from "../lib/log.ts";
import { within } from "../lib/within.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import { type Backlog, type Health, healthOf, type VendorHealth } from "./health.ts";
import { type Bindings, circuitsOf, type HttpContext } from "./http-env.ts";
import { circuitStates } from "./provider-circuits.ts";

const FRESH_MS = 5_000;
/** While one request asks, the others are told what was found last, if it is no older than this. */
const STALE_MS = 30_000;
const DATABASE_MS = 5_000;
const QUEUE_MS = 2_000;
const RETRY_SECONDS = 5;

/**
 * Looks at the parts of the service, at most every five seconds however many ask: it is open to everyone. What is kept is plain
 * data, never promises, which belong to the request that made them.
 */
export class HealthCheck {
  readonly #now: () => number;
  #last: { health: Health; at: number } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How the service is. Throws AppError `unavailable`, naming the part, when it can take no work. */
  async health(context: HttpContext, config: Config): Promise<Health> {
    const now = this.#now();
    const age = now - (this.#last?.at ?? Number.NEGATIVE_INFINITY);
    const isAsked = now - this.#askedAt < FRESH_MS;
    if (this.#last !== undefined && (age < FRESH_MS || (isAsked && age < STALE_MS))) return this.#last.health;
    this.#askedAt = now;
    try {
      const health = await look(context, config, now);
      this.#last = { health, at: now };
      return health;
    } catch (thrown) {
      this.#last = undefined;
      this.#askedAt = Number.NEGATIVE_INFINITY;
      throw thrown;
    }
  }
}

async function look(context: HttpContext, config: Config, now: number): Promise<Health> {
  if (config.adminKey === undefined) throw unavailable("settings", "DEPUTE_ADMIN_KEY is not set");
  const { DELEGATION_QUEUE, WEBHOOK_QUEUE } = context.env;
  const [{ overdueSince }, delegations, webhooks, vendors] = await Promise.all([
    databaseOf(context, now),
    backlogOf(DELEGATION_QUEUE, "delegations"),
    backlogOf(WEBHOOK_QUEUE, "webhooks"),
    vendorsOf(context, config, now),
  ]);
  return healthOf({ now, simulated: config.simulated, overdueSince, queues: { delegations, webhooks }, vendors });
}

async function databaseOf(context: HttpContext, now: number): Promise<DatabaseCheck> {
  const check = await limited(DATABASE_MS, async () => checkDatabase(createDatabase(context.env.DB), now)).catch(
    (cause: unknown) => {
      log.error({ request_id: context.get("requestId"), cause: describeError(cause) }, "the database does not answer");
      throw unavailable("database", "does not answer");
    },
  );
  if (!check.migrated) throw unavailable("database", "lacks migrations that this version needs");
  return check;
}

async function backlogOf(queue: Bindings["DELEGATION_QUEUE"], name: string): Promise<Backlog> {
  try {
    const { backlogCount, oldestMessageTimestamp } = await limited(QUEUE_MS, () => queue.metrics());
    const oldestAt = backlogCount === 0 ? null : (oldestMessageTimestamp?.getTime() ?? null);
    return { count: backlogCount, oldestAt };
  } catch (cause) {
    log.warn({ queue: name, cause: describeError(cause) }, "a queue does not tell its backlog");
    return undefined;
  }
}

/** Every provider, by what the circuits of its catalogued models say. No name of a model or an endpoint leaves. */
async function vendorsOf(context: HttpContext, config: Config, now: number): Promise<VendorHealth[]> {
  const { configured } = deploymentOf(config);
  const circuits = await circuitStates(config, new Map(), circuitsOf(context), now);
  return PROVIDER_IDS.map((provider) => {
    const own = circuits.get(provider) ?? [];
    const open_circuits = own.filter(({ state }) => state !== "closed").length;
    const faults = own.flatMap(({ last_fault }) => last_fault ?? []);
    const last_fault = faults.toSorted((left, right) => right.at.localeCompare(left.at))[0] ?? null;
    const status = open_circuits > 0 ? "degraded" : "ok";
    return { provider, status: configured.has(provider) ? status : "not_configured", open_circuits, last_fault };
  });
}

const unavailable = (part: string, message: string): AppError =>
  new AppError("unavailable", `No work is taken: ${part} ${message}.`, [{ path: part, message }], {
    retryAfterSeconds: RETRY_SECONDS,
  });

/** What `ask` gives, or a rejection after `limitMs`. */
async function limited<T>(limitMs: number, ask: () => Promise<T>): Promise<T> {
  let answer: { value: T } | undefined;
  await within(
    limitMs,
    ask().then((value) => {
      answer = { value };
    }),
  );
  if (answer === undefined) throw new Error(`no answer within ${limitMs} ms`);
  return answer.value;
}
