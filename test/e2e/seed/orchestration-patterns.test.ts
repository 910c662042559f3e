import { createClient, HeadlessSpawner } from "depute/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsFor } from "../../support/e2e-books.ts";
import { E2eServer } from "../../support/e2e-server.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { advancedPatterns } from "./advanced-patterns.ts";
import { agentSelection } from "./agent-selection.ts";
import { costOptimization } from "./cost-optimization.ts";
import { resultTracking } from "./result-tracking.ts";
import { SEED_SNIPPETS, type Seed, type Snippet } from "./seed-snippets.ts";
import { taskDelegation } from "./task-delegation.ts";
import { troubleshooting } from "./troubleshooting.ts";

/** Snippets that cannot run yet, and what the API lacks for them. */
const NOT_YET: readonly { heading: (typeof SEED_SNIPPETS)[number]; lacks: string }[] = [
  { heading: "Simple Delegation", lacks: "agents: a delegation cannot name its role" },
  { heading: "Parallel Delegation", lacks: "agents: a delegation cannot name its role" },
  { heading: "Task Delegation Not Tracked", lacks: "agents: a delegation cannot name its role" },
];

let seed: Seed;
beforeAll(async () => {
  const server = await E2eServer.start();
  const client = createClient({ baseUrl: server.url, apiKey: ADMIN_KEY });
  const asked = (prompt: string) => callsFor(server, { prompt });
  seed = { server, client, spawner: new HeadlessSpawner(client), asked };
});
afterAll(() => seed.server[Symbol.asyncDispose]());

const tested: string[] = [];
const snippet: Snippet = (heading, guarantee, run) => {
  tested.push(heading);
  describe(heading, () => {
    test(guarantee, () => run(seed));
  });
};

agentSelection(snippet);
taskDelegation(snippet);
resultTracking(snippet);
costOptimization(snippet);
advancedPatterns(snippet);
troubleshooting(snippet);

describe("the original's document", () => {
  test("has each snippet tested in its order, or named as not yet possible", () => {
    const missing = NOT_YET.map(({ heading }) => heading);
    expect(tested).toEqual(SEED_SNIPPETS.filter((heading) => !missing.includes(heading)));
  });
});
