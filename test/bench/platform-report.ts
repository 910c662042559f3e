import type { BundleSize } from "./bundle-size.ts";
import type { CostItem } from "./platform-cost.ts";
import type { MeasuredUse } from "./platform-use.ts";
import { section } from "./report-section.ts";
import { textTable } from "./text-table.ts";

export type PlatformReport = { use: MeasuredUse; costPerMillion: CostItem[]; bundle: BundleSize };

export const platformSections = ({ use, costPerMillion, bundle }: PlatformReport): string[] => [
  section("Charged operations per delegation that nobody watches", useTable(use)),
  section("The platform's charge for a million delegations of 30 s, $", costTable(costPerMillion)),
  section("The Worker", bundleTable(bundle)),
];

function useTable({ short, long }: MeasuredUse): string {
  const rows = [...flat(short)].map(([name, amount]) => [name, amount, flat(long).get(name) ?? 0]);
  const only = [...flat(long)].filter(([name]) => !flat(short).has(name)).map(([name, amount]) => [name, 0, amount]);
  return textTable(["", "short", "30 s"], [...rows, ...only]);
}

/** Every count under a name of its own. */
function flat(counts: MeasuredUse["short"]): Map<string, number> {
  const groups: [string, { [name: string]: number }][] = [
    ["object request", counts.objectCalls],
    ["object row written", counts.rowsWritten],
    ["object row read", counts.rowsRead],
    ["other objects' request", counts.otherCalls],
    ["other objects' row written", counts.otherRows],
    ["D1 row written", counts.d1Written],
    ["D1 row read", counts.d1Read],
  ];
  return new Map([
    ["Worker request", counts.workerRequests],
    ["alarm", counts.alarms],
    ...groups.flatMap(([group, entries]) =>
      Object.entries(entries).map(([name, amount]): [string, number] => [`${group}: ${name}`, amount]),
    ),
    ["D1 round trip", counts.d1RoundTrips],
    ["queue operation", counts.queueOperations],
  ]);
}

const costTable = (items: CostItem[]): string =>
  textTable(
    ["", "each", "", "$ per million"],
    items.map(({ item, perDelegation, unit, dollarsPerMillion }) => [item, perDelegation, unit, dollarsPerMillion]),
  );

const bundleTable = ({ kib, gzipKib, startupMs }: BundleSize): string =>
  textTable(
    ["", ""],
    [
      ["size, KiB", kib],
      ["gzip, KiB", gzipKib],
      ["start-up CPU on this machine, ms", startupMs],
    ],
  );
