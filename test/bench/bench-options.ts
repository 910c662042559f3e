import { parseArgs } from "node:util";

/** What can be measured alone. */
export const SECTIONS = ["speed", "batch", "ledger", "keys", "history", "promise-all", "cli", "pg-boss", "platform"] as const;
export type Section = (typeof SECTIONS)[number];

/** How much of each thing is measured. */
export type BenchSizes = {
  latencyRounds: number;
  fanOut: { tasks: number; rounds: number }[];
  throughputSeconds: number;
  streamChunks: number;
  countedDelegations: number;
  history: { rows: number; rounds: number };
  /** How often sides that are compared take turns. */
  turns: number;
};

export type BenchOptions = { sizes: BenchSizes; sections: readonly Section[]; quick: boolean; jsonFile: string | undefined };

export const USAGE = `Usage: npm run bench -- [options]

  --quick       a short run: fewer rounds, less certain figures
  --only NAME   one section, may be given several times: ${SECTIONS.join(", ")}
  --json FILE   write the figures as JSON to FILE, not to the end of the output
  --help        print this
`;

const FULL: BenchSizes = {
  latencyRounds: 500,
  fanOut: [
    { tasks: 1, rounds: 5 },
    { tasks: 10, rounds: 5 },
    { tasks: 100, rounds: 5 },
    { tasks: 500, rounds: 3 },
  ],
  throughputSeconds: 20,
  streamChunks: 50_000,
  countedDelegations: 100,
  history: { rows: 200_000, rounds: 40 },
  turns: 3,
};

const QUICK: BenchSizes = {
  latencyRounds: 150,
  fanOut: [1, 10, 100, 500].map((tasks) => ({ tasks, rounds: 1 })),
  throughputSeconds: 5,
  streamChunks: 10_000,
  countedDelegations: 10,
  history: { rows: 200_000, rounds: 20 },
  turns: 1,
};

/** Reads the command line; `"help"` when it asks for the usage. Throws when it is not understood. */
export function parseBenchOptions(args: string[]): BenchOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean" },
      only: { type: "string", multiple: true },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return "help";
  const quick = values.quick === true;
  return { sizes: quick ? QUICK : FULL, sections: sectionsOf(values.only), quick, jsonFile: values.json };
}

function sectionsOf(names: string[] | undefined): readonly Section[] {
  const unknown = names?.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown !== undefined) throw new Error(`--only takes ${SECTIONS.join(", ")}, not ${unknown}`);
  return SECTIONS.filter((section) => names === undefined || names.includes(section));
}
