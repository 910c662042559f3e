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

let seed: Seed;
beforeAll(async () => {
  const server = await E2eServer.start();
  const { keys } = createClient({ baseUrl: server.url, apiKey: ADMIN_KEY });
  const { key } = await keys.create({ name: "orchestrator", scopes: ["delegate", "read", "approve", "admin"] });
  const client = createClient({ baseUrl: server.url, apiKey: key });
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
  test("has each of its snippets tested, in its order", () => {
    expect(tested).toEqual(SEED_SNIPPETS);
  });
});
