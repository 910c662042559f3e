import type { Section } from "./bench-options.ts";
import { busyText } from "./busy-machine.ts";
import type { CliPeer } from "./cli-peer.ts";
import { type History, historySection } from "./history.ts";
import { type KeyChecks, keySection } from "./key-checks.ts";
import { type LedgerSpeed, ledgerSection } from "./ledger-speed.ts";
import {
  type BatchReport,
  batchSection,
  cliSection,
  type PromiseAllReport,
  pgBossSection,
  promiseAllSection,
} from "./peers-report.ts";
import type { PgBossPeer } from "./pg-boss-peer.ts";
import { type PlatformReport, platformSections } from "./platform-report.ts";
import { section } from "./report-section.ts";
import type { Verdict } from "./requirements.ts";
import { type SpeedReport, speedSections } from "./speed-report.ts";
import { rounded } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import type { OrWhyNot } from "./unavailable.ts";

/** What was measured; sections that were not asked for are absent. */
export type Sections = {
  speed?: SpeedReport;
  batch?: BatchReport;
  ledger?: LedgerSpeed;
  keys?: KeyChecks;
  history?: History;
  promiseAll?: PromiseAllReport;
  cli?: OrWhyNot<CliPeer>;
  pgBoss?: OrWhyNot<PgBossPeer>;
  platform?: PlatformReport;
};

export type BenchReport = Sections & {
  at: string;
  quick: boolean;
  sections: readonly Section[];
  /** `load` is the one-minute load average before anything was measured. */
  machine: { cores: number; cpu: string; platform: string; node: string; load: number };
  verdicts: Verdict[];
};

/** The report for people. */
export function reportText(report: BenchReport): string {
  const { machine, speed, batch, ledger, keys, history, promiseAll, cli, pgBoss, platform } = report;
  const busy = busyText(machine.cores, machine.load, othersIn(report));
  return [
    `${report.at}, ${machine.cores} cores (${machine.cpu}), load ${machine.load.toFixed(2)}, ${machine.platform}, Node ${machine.node}` +
      `${report.quick ? ", a quick run" : ""}`,
    ...(busy === null ? [] : [busy]),
    section("Required", verdictTable(report.verdicts)),
    ...(speed === undefined ? [] : speedSections(speed)),
    ...(batch === undefined ? [] : [batchSection(batch)]),
    ...(ledger === undefined ? [] : [ledgerSection(ledger)]),
    ...(keys === undefined ? [] : [keySection(keys)]),
    ...(history === undefined ? [] : [historySection(history)]),
    ...(promiseAll === undefined ? [] : [promiseAllSection(promiseAll)]),
    ...(cli === undefined ? [] : [cliSection(cli)]),
    ...(pgBoss === undefined ? [] : [pgBossSection(pgBoss)]),
    ...(platform === undefined ? [] : platformSections(platform)),
  ].join("\n\n");
}

/** The cores that other programs used, wherever that was looked at. */
function othersIn({ speed, batch, promiseAll, cli, pgBoss }: Sections): (number | null)[] {
  const measured = <T>(section: OrWhyNot<T> | undefined): T[] => (section && "measured" in section ? [section.measured] : []);
  return [
    ...[speed?.onDisk, speed?.inMemory].map((one) => one?.throughput.cpu.others ?? null),
    ...[batch?.onDisk, batch?.inMemory].map((one) => one?.cpu.others ?? null),
    ...[promiseAll?.onDisk, promiseAll?.inMemory].flatMap((one) => [one?.posted.others ?? null, one?.batch.others ?? null]),
    ...measured(cli).map(({ comparison }) => comparison.others),
    ...measured(pgBoss).flatMap(({ each, together }) => [each.others, together.others]),
  ];
}

function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ figure, bound, required, measured, unit, met, inMemory }) => [
    figure,
    `${bound} ${required} ${unit}`,
    measured === null ? "" : String(rounded(measured)),
    verdictWord(met),
    inMemory === null ? "" : String(rounded(inMemory)),
  ]);
  return textTable(["figure", "required", "measured", "", "with the state in memory"], rows);
}

function verdictWord(met: boolean | null): string {
  if (met === null) return "not measured";
  return met ? "pass" : "MISS";
}
