import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { demoConsensus } from "../../scripts/demo/consensus.ts";
import { simulate } from "../../simulator/simulate.ts";
import { marker } from "../support/e2e-marker.ts";
import { isStillLoaded, markLoaded, wordsOf } from "../support/page-answers.ts";
import { Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

async function start(path: "/v1/batches" | "/v1/flows", body: unknown): Promise<void> {
  const answer = await site.server.client.call("POST", path, { body });
  expect(answer).toMatchObject({ status: 202 });
}

describe("the page of a batch", () => {
  test("shows its progress as it goes on, without being loaded again", async () => {
    const waiting = { prompt: simulate({ text: "approved at last" }), approval: "manual" } as const;
    const tasks = [{ prompt: simulate({ text: "done at once" }) }, { ...waiting, task_id: "batch-waiting" }];
    await start("/v1/batches", { batch_id: "seen-live", tasks });
    const page = await site.visit();
    await page.goto("/batches/seen-live");
    await page.getByRole("img", { name: "Tasks: 1 completed, 1 needs approval" }).waitFor();
    await markLoaded(page);
    await site.server.client.act("batch-waiting", "approve");
    await page.getByRole("img", { name: "Tasks: 2 completed" }).waitFor();
    await page.getByText("approved at last").waitFor();
    expect(await isStillLoaded(page)).toBe(true);
  });

  test("cancels what still runs, and keeps what is done", async () => {
    const long = { prompt: simulate({ text: "never heard", headers_ms: 600_000 }) };
    await start("/v1/batches", { batch_id: "cut-short", tasks: [{ prompt: simulate({ text: "in time" }) }, long] });
    const page = await site.visit();
    await page.goto("/batches/cut-short");
    await page.getByRole("img", { name: "Tasks: 1 completed, 1 in progress" }).waitFor();
    await page.getByRole("button", { name: "Cancel the batch" }).click();
    await page.getByRole("img", { name: "Tasks: 1 completed, 1 cancelled" }).waitFor();
    expect(await wordsOf(page)).toContain("in time");
    expect(await page.getByRole("button", { name: "Cancel the batch" }).count()).toBe(0);
  });

  test("narrows its results to one status, and the list of batches leads there", async () => {
    const bad = { prompt: simulate({ status: 400 }), max_attempts: 1, task_id: "one-bad" };
    await start("/v1/batches", { batch_id: "mixed", tasks: [{ prompt: simulate({ text: "fine" }), task_id: "one-good" }, bad] });
    const page = await site.visit();
    await page.goto("/batches");
    await page.getByRole("link", { name: "mixed", exact: true }).click();
    await page.getByRole("img", { name: "Tasks: 1 completed, 1 failed" }).waitFor();
    const results = page.getByRole("table", { name: "Tasks of the batch" });
    await page.getByRole("navigation", { name: "Status" }).getByRole("link", { name: "failed" }).click();
    await page.waitForURL("**/batches/mixed?status=failed");
    expect(await results.getByRole("rowheader").allInnerTexts()).toEqual(["one-bad"]);
  });
});

describe("the page of a consensus", () => {
  test("grows into its graph, the synthesis, and who dissents on what, without being loaded again", async () => {
    const input = demoConsensus(["claude", "gemini", "codex"], true, marker());
    await start("/v1/flows", input);
    const page = await site.visit();
    await page.goto(`/flows/${input?.flow_id}`);
    await markLoaded(page);
    await page.getByRole("heading", { name: "Synthesis" }).waitFor();
    expect(await isStillLoaded(page)).toBe(true);
    const graph = page.getByRole("region", { name: "Steps of the flow" });
    for (const step of ["member-0", "member-1", "member-2", "judge"]) {
      expect(await graph.getByRole("link", { name: new RegExp(`^${step}\\W+completed`) }).count()).toBe(1);
    }
    const words = await wordsOf(page);
    expect(words).toContain("70 % agreement");
    expect(words).toContain("A token bucket: two numbers are all that has to survive a restart.");
    expect(await page.getByRole("list", { name: "Dissent" }).innerText()).toMatch(/^codex dissents: Bursts at the edge/);
    const dissenting = page.getByRole("article").filter({ has: page.getByRole("heading", { name: /^codex/ }) });
    expect(await dissenting.innerText()).toContain("Dissents: Bursts at the edge");
  });

  test("leads from a step of its graph to what was asked there and answered", async () => {
    const input = demoConsensus(["claude", "gemini"], true, marker());
    await start("/v1/flows", input);
    const page = await site.visit();
    await page.goto(`/flows/${input?.flow_id}`);
    const graph = page.getByRole("region", { name: "Steps of the flow" });
    await graph.getByRole("link", { name: /^member-1\W+completed/ }).click();
    await page.waitForURL(`**/delegations/${input?.flow_id}.member-1`);
    expect(await wordsOf(page)).toContain("A sliding window. Nothing else is exact");
  });
});

describe("the page of a flow", () => {
  test("that failed says which step did, and why", async () => {
    const steps = [
      { name: "first", prompt: simulate({ text: "so far so good" }) },
      { name: "second", prompt: simulate({ status: 400 }, "{{input}}"), max_attempts: 1 },
    ];
    await start("/v1/flows", { flow_id: "breaks", pattern: "chain", steps, input: "anything" });
    const page = await site.visit();
    await page.goto("/flows/breaks");
    await page.getByRole("link", { name: "See second" }).waitFor();
    expect(await wordsOf(page)).toContain("so far so good");
    await page.getByRole("link", { name: "See second" }).click();
    await page.waitForURL("**/delegations/breaks.second");
  });

  test("cancels it", async () => {
    const endless = { name: "endless", prompt: simulate({ text: "never heard", headers_ms: 600_000 }) };
    const steps = [endless, { name: "after", prompt: "{{input}}" }];
    await start("/v1/flows", { flow_id: "stopped", pattern: "chain", input: "anything", steps });
    const page = await site.visit();
    await page.goto("/flows/stopped");
    await page.getByRole("link", { name: /^endless\W+(pending|in progress)/ }).waitFor();
    await page.getByRole("button", { name: "Cancel the flow" }).click();
    await page.getByRole("link", { name: /^endless\W+cancelled/ }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel the flow" }).count()).toBe(0);
  });
});
