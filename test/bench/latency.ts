import type { MeasuredServer } from "./measured-server.ts";
import { rounded, type Summary, summarise } from "./statistics.ts";
import { arrivalMs, INSTANT, nowMs, promptOf } from "./vendor-script.ts";

/** Milliseconds; `overhead` is the difference of the two medians. */
export type Latency = {
  /** POST /v1/delegations → 202. */
  acceptOneClient: Summary;
  acceptTenClients: Summary;
  /** From sending the POST to the vendor seeing the request. */
  toVendor: Summary;
  /** POST and `?wait=` until completed, and the same prompt by the SDK straight to the vendor, taken in turns. */
  delegated: Summary;
  direct: Summary;
  overhead: number;
};

/** Measures how long one delegation takes, from several sides, with a vendor that answers at once. */
export async function measureLatency(server: MeasuredServer, rounds: number): Promise<Latency> {
  const turns = await inTurns(server, rounds);
  const acceptTenClients = await accepting(server, 10, rounds);
  const [delegated, direct] = [summarise(turns.delegated), summarise(turns.direct)];
  return {
    acceptOneClient: summarise(turns.accepted),
    acceptTenClients: summarise(acceptTenClients),
    toVendor: summarise(turns.toVendor),
    delegated,
    direct,
    overhead: rounded(delegated.p50 - direct.p50),
  };
}

async function inTurns({ api, direct }: MeasuredServer, rounds: number) {
  const times = { accepted: [] as number[], toVendor: [] as number[], delegated: [] as number[], direct: [] as number[] };
  const prompt = promptOf(INSTANT);
  for (let round = 0; round < rounds; round += 1) {
    const sent = nowMs();
    const taskId = await api.post(prompt);
    const accepted = nowMs();
    const { output } = await api.completed(taskId);
    const completed = nowMs();
    await direct.call(prompt);
    times.direct.push(nowMs() - completed);
    times.accepted.push(accepted - sent);
    times.toVendor.push(arrivalMs(output) - sent);
    times.delegated.push(completed - sent);
  }
  return times;
}

/** Clients that each wait until their delegation is done before they post the next: the acceptance is measured, not a backlog. */
async function accepting({ api }: MeasuredServer, clients: number, rounds: number): Promise<number[]> {
  const times: number[] = [];
  const client = async () => {
    for (let round = 0; round < rounds / clients; round += 1) {
      const sent = nowMs();
      const taskId = await api.post(promptOf(INSTANT));
      times.push(nowMs() - sent);
      await api.completed(taskId);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return times;
}
