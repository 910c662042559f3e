import { afterEach, describe, expect, test, vi } from "vitest";
import { Transport } from "../../../src/client/transport.ts";
import type { Arguments } from "../../../src/mcp/api-call.ts";
import type { ApiOperation } from "../../../src/mcp/api-document.ts";
import { listOutputs, readOutput } from "../../../src/mcp/output-resources.ts";
import { runTool } from "../../../src/mcp/run-tool.ts";
import { TOOLS } from "../../../src/mcp/tools.ts";

const operation: ApiOperation = { method: "GET", path: "/v1/delegations/{task_id}", parameters: [], body: undefined, answer: {} };
const state = (status: string, output: string | null = null) =>
  Response.json({
    task_id: "t",
    status,
    provider: "claude",
    model: "m",
    tokens_used: 1,
    cost: 0,
    error: null,
    warnings: [],
    output,
  });
const problem = (status: number, code: string) => Response.json({ code, detail: `It is ${code}.` }, { status });
const stream = (...events: object[]) =>
  new Response(events.map((event, index) => `data: ${JSON.stringify({ seq: index + 1, ...event })}\n\n`).join(""));

/** A transport to a server that gives these answers, one after another; `asked` is what it was asked for. */
function serverOf(...answers: (Response | Error)[]) {
  const asked: string[] = [];
  const fetchIt = async (url: string) => {
    asked.push(url.replace("https://depute.test", ""));
    const answer = answers.shift() ?? new Error("asked once more than was expected");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const transport = new Transport({ baseUrl: "https://depute.test", apiKey: "k", fetch: fetchIt, maxRetries: 0 });
  return { asked, transport };
}

function run(
  name: string,
  given: Arguments,
  transport: Transport,
  { signal = new AbortController().signal, told = [] as string[] } = {},
) {
  const tool = TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const report = async ({ message }: { message: string }) => void told.push(message);
  return runTool({ tool, operation, given, transport, signal, requestId: "r-1", report });
}

afterEach(() => vi.restoreAllMocks());

describe("a tool that waits", () => {
  test("follows the log to its end, tells it, and gives how it is then", async () => {
    const log = stream({ type: "turn.started", number: 1, provider: "claude", model: "m" }, { type: "thread.completed" });
    const { asked, transport } = serverOf(state("in-progress"), log, state("completed", "done"));
    const told: string[] = [];
    const result = await run("wait_for_delegation", { task_id: "t" }, transport, { told });
    expect(result.structuredContent).toMatchObject({ status: "completed", output: "done" });
    expect(told).toEqual(["attempt 1, claude m"]);
    expect(asked).toEqual(["/v1/delegations/t", "/v1/delegations/t/events", "/v1/delegations/t"]);
  });

  test.each(["completed", "failed", "cancelled", "needs-approval"])("asks once for one that is %s", async (status) => {
    const { asked, transport } = serverOf(state(status));
    expect((await run("wait_for_delegation", { task_id: "t" }, transport)).structuredContent).toMatchObject({ status });
    expect(asked).toHaveLength(1);
  });

  test("with a wait of 0 it tells how it is now", async () => {
    const { asked, transport } = serverOf(state("pending"));
    expect((await run("wait_for_delegation", { task_id: "t", wait: 0 }, transport)).structuredContent).toMatchObject({
      status: "pending",
    });
    expect(asked).toHaveLength(1);
  });

  test("fields that it does not know reach the API", async () => {
    const { asked, transport } = serverOf(problem(400, "invalid_request"));
    expect((await run("wait_for_delegation", { task_id: "t", nonsense: 1 }, transport)).isError).toBe(true);
    expect(asked).toEqual(["/v1/delegations/t?nonsense=1"]);
  });

  test("whose caller has left throws what the caller left with", async () => {
    const leaving = new AbortController();
    const { transport } = serverOf(state("in-progress"), new Error("cut"));
    leaving.abort(new Error("left"));
    await expect(run("wait_for_delegation", { task_id: "t" }, transport, { signal: leaving.signal })).rejects.toThrow("left");
  });
});

describe("what fails", () => {
  test("is told as the API says it", async () => {
    const { transport } = serverOf(problem(402, "budget_exceeded"));
    expect(await run("get_delegation", { task_id: "t" }, transport)).toMatchObject({
      isError: true,
      content: [{ text: "budget_exceeded: It is budget_exceeded." }],
    });
  });

  test("on our side is told as internal and nothing else, and logged under the request's id", async () => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const { transport } = serverOf(new TypeError("secret words"), new TypeError("secret words"), Response.json({}));
    const given = { task_id: "t" };
    for (const name of ["get_delegation", "wait_for_delegation", "list_delegations"]) {
      const result = await run(name, given, transport);
      expect(result).toMatchObject({ isError: true, _meta: { "depute/problem": { code: "internal", request_id: "r-1" } } });
      expect(JSON.stringify(result)).not.toContain("secret words");
    }
    expect(logged.mock.calls.map(([line]) => (JSON.parse(String(line)) as { request_id: string }).request_id)).toEqual([
      ...["r-1", "r-1", "r-1"],
    ]);
  });

  test("of a resource is an error of the protocol, without words of ours", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const signal = new AbortController().signal;
    const failing = (answer: Response | Error) => ({ ...serverOf(answer), signal, requestId: "r-1" });
    const uri = "depute://delegations/t/output";
    await expect(readOutput(uri, failing(problem(410, "gone")))).rejects.toThrow("It is gone.");
    await expect(readOutput(uri, failing(state("in-progress")))).rejects.toThrow("t is in-progress and has no output.");
    await expect(readOutput("depute://delegations/%zz/output", failing(new Error()))).rejects.toThrow(/not found/i);
    await expect(listOutputs("bad", failing(problem(400, "invalid_request")))).rejects.toMatchObject({ code: -32602 });
    const broken = listOutputs(undefined, failing(new TypeError("secret words")));
    await expect(broken).rejects.toMatchObject({ code: -32603, message: expect.not.stringContaining("secret words") });
  });
});

describe("the list of resources", () => {
  test("is a page of the completed ones, and says where the next begins", async () => {
    const rows = [{ task_id: "a b", completed_at: "2026-11-22T10:00:00.000Z", prompt_preview: "two\nlines" }];
    const { asked, transport } = serverOf(Response.json({ data: rows, next_cursor: "c2" }));
    const page = await listOutputs("c1", { transport, signal: new AbortController().signal, requestId: "r-1" });
    expect(asked).toEqual(["/v1/delegations?status=completed&limit=50&cursor=c1"]);
    expect(page).toEqual({
      resources: [
        {
          uri: "depute://delegations/a%20b/output",
          name: "a b",
          description: "two lines",
          annotations: { lastModified: "2026-11-22T10:00:00.000Z" },
        },
      ],
      nextCursor: "c2",
    });
  });
});
