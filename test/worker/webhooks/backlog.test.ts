import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sweepWebhooks } from "../../../src/sweep/sweep-webhooks.ts";
import { Lanes } from "../../../src/webhooks/lanes.ts";
import { Delivering, makeWebhook } from "../../support/delivering.ts";
import { makeWorkspace } from "../../support/team.ts";

const SECOND = 1_000;
const ATTEMPT_SECONDS = 15;

/** Counts every claim of a delivery, whoever makes it. */
const COUNT_CLAIMS = `create trigger count_claims after update of claimed_until on webhook_deliveries
  when new.claimed_until is not null begin insert into claims values (new.workspace); end`;

beforeAll(async () => {
  await env.DB.batch([env.DB.prepare("create table claims (workspace text)"), env.DB.prepare(COUNT_CLAIMS)]);
});
afterAll(async () => {
  await env.DB.batch([env.DB.prepare("drop trigger count_claims"), env.DB.prepare("drop table claims")]);
});

/** An endpoint at which five attempts hang at all times, with deliveries that nobody attempted yet. */
class Hanging {
  readonly world = new Delivering(() => new Response("thanks"));
  readonly workspace: string;
  readonly #target: string;
  readonly #endpoint: string;
  #bells: { at: number; ids: readonly string[] }[] = [];
  #began = this.world.now;

  constructor(workspace: string, endpoint: string) {
    this.workspace = workspace;
    this.#endpoint = endpoint;
    this.#target = `${workspace}/${endpoint}`;
    this.#enter();
  }

  /** So many deliveries, due at once; returns their ids. */
  async make(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, index) => `dlv_${index}`);
    await env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, next_attempt_at, attempts, log)
       select ?1, value, value, ?2, 'https://receiver.example.com/', 'delegation.completed', '{}', 'pending', 1, 1, 0, '[]' from json_each(?3)`,
    )
      .bind(this.workspace, this.#endpoint, JSON.stringify(ids))
      .run();
    return ids;
  }

  /** Bells ring when they are due, and the sweep comes every minute. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      if (second % ATTEMPT_SECONDS === 0) this.#renew();
      if (second % 60 === 0) await sweepWebhooks({ WEBHOOK_QUEUE: this.world.queue }, this.world.deps.db, this.world.now);
      await this.#hear();
      this.world.now += SECOND;
    }
  }

  async claims(): Promise<number> {
    const count = env.DB.prepare("select count(*) as claims from claims where workspace = ?").bind(this.workspace);
    return (await count.first<number>("claims")) ?? 0;
  }

  #enter(): void {
    this.#began = this.world.now;
    for (let lane = 0; lane < 5; lane += 1) this.world.deps.lanes.enter(this.#target, this.#began);
  }

  #renew(): void {
    for (let lane = 0; lane < 5; lane += 1) this.world.deps.lanes.leave(this.#target, this.#began, this.world.now);
    this.#enter();
  }

  async #hear(): Promise<void> {
    const { now, queue } = this.world;
    const rung = queue.rung.splice(0).filter(({ workspace }) => workspace === this.workspace);
    this.#bells.push(
      ...rung.map(({ delivery_ids, delaySeconds = 0 }) => ({ at: now + delaySeconds * SECOND, ids: delivery_ids })),
    );
    const due = this.#bells.filter(({ at }) => at <= now);
    this.#bells = this.#bells.filter(({ at }) => at > now);
    for (const { ids } of due) await this.world.run(this.workspace, ids);
  }
}

let hanging: Hanging;
beforeEach(async () => {
  const { workspace, key } = await makeWorkspace();
  hanging = new Hanging(workspace, (await makeWebhook(key.key)).id);
});

describe("the backlog of an endpoint that hangs", () => {
  test("is claimed a few times in ten minutes, not at every attempt that ends", async () => {
    await hanging.make(300);
    await hanging.pass(600);
    expect(hanging.world.received).toHaveLength(0);
    expect(await hanging.claims()).toBeGreaterThanOrEqual(300);
    expect(await hanging.claims()).toBeLessThanOrEqual(5 * 300);
  });

  test("is due within five minutes when the endpoint is well again, whole", async () => {
    const ids = await hanging.make(200);
    await hanging.pass(60);
    const { world, workspace } = hanging;
    world.deps.lanes = new Lanes();
    world.now += 300 * SECOND;
    await world.run(workspace, ids);
    expect(world.received).toHaveLength(200);
  });
});
