import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import { type CliEnd, cliProcess } from "../support/cli-process.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
const SLOW = { text: "part by part; ", repeat: 400, delay_ms: 50 };

let server: E2eServer;
const folder = mkdtempSync(join(tmpdir(), "depute-cli-"));
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const env = () => ({ DEPUTE_URL: server.url, DEPUTE_KEY: ADMIN_KEY, XDG_CONFIG_HOME: folder });
const start = (...args: string[]) => cliProcess(args, env());
const depute = (...args: string[]): Promise<CliEnd> => start(...args).ended;
const jsonLines = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

describe("depute run", () => {
  test("prints nothing but the answer, tells tokens and cost apart, and exits with 0", async () => {
    const { code, out, err } = await depute("run", simulate({ text: "hello" }), "--provider", "claude", "--task-id", "told");
    expect({ code, out }).toEqual({ code: 0, out: "hello\n" });
    expect(err).toMatch(/^told completed · claude\S* · [\d,]+ tokens · \$\d/);
  });

  test("shows the answer as it comes, and takes it up again after a kill of the server", async () => {
    const run = start("run", "--stream", "--provider", "claude", simulate([SLOW, { text: "second try" }]));
    await expect.poll(run.out, PATIENCE).toContain("part by part");
    await server.kill();
    await server.start();
    const { code, out, err } = await run.ended;
    expect(code).toBe(0);
    expect(out).toMatch(/^part by part;[^\n]*\nsecond try\n$/);
    expect(err).toMatch(/^Attempt 1 failed: interrupted/m);
    expect(err).toMatch(/^Attempt 2: claude /m);
  });

  test("leaves the work running on Ctrl-C, and says how to come back and how to stop it", async () => {
    const run = start("run", "--stream", "--provider", "claude", "--task-id", "left", simulate(SLOW));
    await expect.poll(run.out, PATIENCE).toContain("part by part");
    run.interrupt();
    const { code, err } = await run.ended;
    expect(code).toBe(130);
    expect(err).toContain("depute get --wait left");
    expect((await server.client.get("left")).status).toBe("in-progress");
    expect(await depute("cancel", "left")).toMatchObject({ code: 0 });
    expect(await depute("get", "left", "--wait")).toMatchObject({ code: 1, err: expect.stringContaining("left cancelled") });
  });

  test("takes the prompt from its input, and prints the API's JSON", async () => {
    const { code, out } = await cliProcess(["run", "-", "--provider", "codex", "--json"], env(), simulate({ text: "typed" }))
      .ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: "completed", output: "typed", provider: "codex" });
    const events = await depute("run", "--provider", "claude", "--json", "--stream", simulate({ text: "events" }));
    expect(jsonLines<{ type: string }>(events.out).at(-1)?.type).toBe("thread.completed");
  });

  test("exits with 1 when the work failed", async () => {
    const { code, out, err } = await depute("run", "--provider", "claude", "--task-id", "bad", simulate({ status: 400 }));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("bad failed: ");
  });
});

describe("depute batch", () => {
  test("gives each result as it comes, whole, with its progress; the same file again is the same batch", async () => {
    const file = join(folder, "tasks.jsonl");
    const long = "0123456789".repeat(2_000);
    const prompts = [simulate({ text: "one" }), simulate({ text: "0123456789", repeat: 2_000 }), simulate({ status: 400 })];
    writeFileSync(file, prompts.map((prompt) => JSON.stringify({ prompt })).join("\n"));
    const args = ["batch", file, "--provider", "claude", "--max-concurrency", "2", "--progress"];
    const { code, out, err } = await depute(...args);
    expect(code).toBe(1);
    const results = jsonLines<Delegation>(out).toSorted((a, b) => (a.task_id < b.task_id ? -1 : 1));
    expect(results.map(({ status, output }) => [status, output])).toEqual([
      ["completed", "one"],
      ["completed", long],
      ["failed", null],
    ]);
    expect(err).toMatch(/\[#{24}\] 3\/3, 1 failed, \$/);
    expect(err).toContain("2 of 3 tasks completed");

    const calls = server.simulator.journal().length;
    const path = join(folder, "results.jsonl");
    const again = await depute("batch", file, "--provider", "claude", "--max-concurrency", "3", "--out", path);
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(jsonLines(readFileSync(path, "utf8"))).toHaveLength(3);
    expect(server.simulator.journal()).toHaveLength(calls);
  });

  test("goes on after Ctrl-C, and is taken up by the same line", async () => {
    const file = join(folder, "slow.jsonl");
    const prompts = [simulate({ text: "quick" }), simulate({ text: "slow", first_ms: 8_000 })];
    writeFileSync(file, prompts.map((prompt) => JSON.stringify(prompt)).join("\n"));
    const args = ["batch", file, "--provider", "claude"];
    const cut = start(...args);
    await expect.poll(cut.out, PATIENCE).toContain("quick");
    cut.interrupt();
    const { code, err } = await cut.ended;
    expect(code).toBe(130);
    expect(err).toMatch(/come back: the same command again\n +stop it: +depute cancel --batch file-/);
    const { out, ...end } = await depute(...args);
    expect(end.code).toBe(0);
    expect(jsonLines<Delegation>(out).map(({ output }) => output)).toEqual(["quick", "slow"]);
  });
});

describe("depute", () => {
  test("approves, rejects, scores and retries", async () => {
    for (const id of ["held", "unwanted"])
      await depute("run", "--detach", "--provider", "claude", "--approval", "manual", "--task-id", id, simulate({ text: id }));
    expect(await depute("approve", "held")).toMatchObject({ code: 0 });
    expect(await depute("get", "--wait", "held")).toMatchObject({ code: 0, out: "held\n" });
    expect(await depute("reject", "unwanted")).toMatchObject({ code: 0 });
    const scored = await depute("score", "held", "0.5", "So so.", "--json");
    expect(JSON.parse(scored.out)).toMatchObject({ score: 0.5, score_comment: "So so." });
    expect(await depute("retry", "held", "--task-id", "held-again")).toMatchObject({ code: 0, out: "held-again\n" });
  });

  test("lists what fits, as a table or as the API's rows", async () => {
    await depute("run", "--provider", "gemini", "--agent", "tester", "--task-id", "listed", simulate({ text: "x" }));
    await expect
      .poll(async () => (await depute("list", "--agent", "tester")).out, PATIENCE)
      .toMatch(/^listed +completed +tester /m);
    const { out } = await depute("list", "--agent", "tester", "--status", "completed,failed", "--json");
    expect(jsonLines(out)).toMatchObject([{ task_id: "listed", provider: "gemini" }]);
  });

  test("runs a flow to its output, and exits with 1 when that fails", async () => {
    const { code, out, err } = await depute(
      "flow",
      "chain",
      simulate({ text: "done" }),
      "--by",
      "claude",
      "--flow-id",
      "chained",
    );
    expect({ code, out }).toEqual({ code: 0, out: "done\n" });
    expect(err).toMatch(/^step-1 …\nstep-1 completed\nchained completed · 1 steps/);
    expect(await depute("flow", "improve", simulate({ status: 400 }), "--author", "claude")).toMatchObject({ code: 1 });
    expect(await depute("get", "--flow", "chained")).toMatchObject({ code: 0, out: "done\n" });
  });

  test("exits with 2 for what it cannot mean, and says what a missing key needs", async () => {
    expect(await depute("run")).toMatchObject({ code: 2, err: expect.stringContaining("It lacks something") });
    expect(await depute("batch", join(folder, "none"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("cannot be read"),
    });
    const { code, err } = await cliProcess(["list"], { XDG_CONFIG_HOME: join(folder, "empty") }).ended;
    expect(code).toBe(2);
    expect(err).toContain("DEPUTE_KEY");
  });

  test("exits with 3 when the API refuses, naming the field", async () => {
    const { code, err } = await depute("run", "hi", "--model", "no-such-model");
    expect(code).toBe(3);
    expect(err).toMatch(/^depute: invalid_request: [\s\S]*^ {2}model: /m);
    expect(await depute("get", "no-such-task")).toMatchObject({ code: 3 });
    expect(await depute("list", "--key", "wrong")).toMatchObject({ code: 3, err: expect.stringContaining("unauthorized") });
  });

  test("exits with 4 when there is no server", async () => {
    expect(await depute("list", "--url", "http://127.0.0.1:1")).toMatchObject({ code: 4, out: "" });
  });

  test("takes its settings from a file, and warns when others can read it", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "depute"), { recursive: true });
    writeFileSync(join(home, "depute/config.json"), JSON.stringify({ url: server.url, key: ADMIN_KEY }), { mode: 0o644 });
    const { code, err } = await cliProcess(["agents"], { XDG_CONFIG_HOME: home }).ended;
    expect(code).toBe(0);
    expect(err).toContain("chmod 600");
  });

  test("tells its version, and helps", async () => {
    expect((await depute("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await depute("--help")).out).toContain("flow consensus");
  });
});
