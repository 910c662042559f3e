import type { MeasuredServer } from "./measured-server.ts";
import { section } from "./report-section.ts";
import { rounded } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import { measureThroughput } from "./throughput.ts";
import { INSTANT, nowMs, promptOf } from "./vendor-script.ts";

/** What hard budgets take: each figure per second, with so many callers. */
export type LedgerSpeed = {
  callers: number;
  /** Delegations completed, before there is a budget and under one. */
  without: number;
  under: number;
  /** Delegations refused with 402: each is one question to the one ledger, and stores nothing. */
  refused: number;
};

export async function measureLedger(server: MeasuredServer, callers: number, seconds: number): Promise<LedgerSpeed> {
  const without = await measureThroughput(server, callers, seconds);
  const wide = { scope: "workspace", period: "total", limit: 1_000_000 };
  await server.api.put("/v1/budgets/bench", wide);
  const under = await measureThroughput(server, callers, seconds);
  await server.api.put("/v1/budgets/bench", { ...wide, limit: 0 });
  const refused = await refusedPerSecond(server, callers, seconds);
  return { callers, without: without.perSecond, under: under.perSecond, refused };
}

async function refusedPerSecond({ api }: MeasuredServer, callers: number, seconds: number): Promise<number> {
  const prompt = promptOf(INSTANT);
  const begun = nowMs();
  let refused = 0;
  const caller = async () => {
    while (nowMs() - begun < seconds * 1_000) {
      await api.refused(prompt);
      refused += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return rounded(refused / ((nowMs() - begun) / 1_000), 1);
}

export const ledgerSection = ({ callers, without, under, refused }: LedgerSpeed): string =>
  section(
    `Budgets: the one ledger of a workspace, ${callers} callers`,
    textTable(
      ["", "per second"],
      [
        ["delegations completed without a budget", without],
        ["delegations completed under a budget", under],
        ["delegations refused by the ledger (402)", refused],
      ],
    ),
  );
