import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";
import { expectWholeLog } from "../support/e2e-log.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { seededRandom } from "../support/seeded-random.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Multi-byte words, so that a cut may fall inside a character. */
const TEXT = "Grüße, 世界, 🌍! ";

async function task(plan: Parameters<typeof simulate>[0]): Promise<string> {
  const { task_id } = await server.client.delegate({ provider: "claude", prompt: simulate(plan, marker()) });
  return task_id;
}

/** One viewer: everything it was shown so far. A cut loses nothing of that. */
class Viewer {
  readonly seen: DelegationEvent[] = [];
  readonly #taskId: string;

  constructor(taskId: string) {
    this.#taskId = taskId;
  }

  /** Follows from where it was until the stream ends, or is cut by the signal, by the server or after so many events. */
  async follow({ events = Number.POSITIVE_INFINITY, signal }: { events?: number; signal?: AbortSignal } = {}): Promise<void> {
    let left = events;
    try {
      for await (const event of server.client.follow(this.#taskId, this.seen.at(-1)?.seq ?? 0, signal)) {
        this.seen.push(event);
        left -= 1;
        if (left <= 0) return;
      }
    } catch (error) {
      if (!(error instanceof TypeError) && !signal?.aborted) throw error;
    }
  }

  get ended(): boolean {
    return this.seen.at(-1)?.type === "thread.completed";
  }
}

describe("GET /v1/delegations/{task_id}/events followed live", () => {
  test("cut again and again and resumed with Last-Event-ID: no event is lost, doubled or renumbered", async () => {
    const taskId = await task({ text: TEXT, repeat: 60, delta_chars: 5, delay_ms: 10, split_bytes: 7 });
    const random = seededRandom(7);
    const byCount = new Viewer(taskId);
    const byTime = new Viewer(taskId);
    const whole = new Viewer(taskId);
    await Promise.all([
      whole.follow(),
      (async () => {
        while (!byCount.ended) await byCount.follow({ events: 1 + Math.floor(random() * 4) });
      })(),
      (async () => {
        // Longer each time: a busy machine takes a while to show anything.
        for (let ms = 20; !byTime.ended; ms += 10) {
          await byTime.follow({ signal: AbortSignal.timeout(ms + Math.floor(random() * 150)) });
        }
      })(),
    ]);
    const final = await server.client.final(taskId);
    expect(final.output).toBe(TEXT.repeat(60));
    expectWholeLog(whole.seen, final);
    expect(whole.seen.length).toBeGreaterThan(20);
    expect(byCount.seen).toEqual(whole.seen);
    expect(byTime.seen).toEqual(whole.seen);
    expect(await server.client.events(taskId)).toEqual(whole.seen);
  });

  test("across kill -9 of workerd and of the server: what was shown before stays as it was shown", async () => {
    const slow = { text: TEXT, repeat: 300, delta_chars: 5, delay_ms: 20 };
    const taskId = await task([slow, slow, { text: TEXT, repeat: 30, delay_ms: 10 }]);
    const viewer = new Viewer(taskId);
    for (const kill of [() => server.killRuntime(), () => server.kill().then(() => server.start())]) {
      await viewer.follow({ events: 12 });
      const cut = viewer.follow();
      await kill();
      await cut;
      expect(viewer.ended).toBe(false);
    }
    while (!viewer.ended) await viewer.follow();
    const final = await server.client.final(taskId);
    expect(final.attempts.map(({ status }) => status)).toEqual(["interrupted", "interrupted", "completed"]);
    expectWholeLog(viewer.seen, final);
    expect(await server.client.events(taskId)).toEqual(viewer.seen);
  });

  test("a viewer that has seen the end is told 204, one that comes late gets all of it, in every format", async () => {
    const taskId = await task({ text: TEXT, repeat: 10 });
    const final = await server.client.final(taskId);
    const late = new Viewer(taskId);
    await late.follow();
    expectWholeLog(late.seen, final);
    const path = `/v1/delegations/${taskId}/events`;
    const last = String(late.seen.length);
    const after = await server.client.call("GET", path, { headers: { accept: "text/event-stream", "last-event-id": last } });
    expect(after.status).toBe(204);
    const lines = await server.client.call<string>("GET", path, { headers: { accept: "application/x-ndjson" } });
    expect(
      lines.body
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    ).toEqual(late.seen);
  });
});
