import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flow } from "../../src/flows/flow.ts";
import { expectBooksToBalance, expectOneAtATime } from "../support/e2e-books.ts";
import { atTheVendor, callsOfStep, flowEnd, onceCut, startFlow } from "../support/e2e-flow.ts";
import { E2eServer } from "../support/e2e-server.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const verdict = onceCut(JSON.stringify({ synthesis: "Both.", agreement: 0.5, dissent: [] }));
const panel = ["claude", "codex", "gemini"].map((provider) => ({ provider }));
const synthesis = onceCut("together");
const parts = ["x", "y"].map((name) => ({ name, prompt: `${onceCut(synthesis)}\n${name}` }));
const review = (cycle: number): string => onceCut(JSON.stringify({ approved: false, feedback: onceCut(text(cycle + 1)) }));
const text = (cycle: number): string => (cycle === 2 ? "the end" : review(cycle));

/** Each pattern with steps that need a kill to go on: what one answers carries the script of the next. */
const FLOWS: { body: { pattern: string; [field: string]: unknown }; steps: string[]; output: string }[] = [
  {
    body: { pattern: "chain", steps: ["a", "b", "c"].map((name) => ({ name, prompt: onceCut(`answer ${name}`) })) },
    steps: ["a", "b", "c"],
    output: "answer c",
  },
  {
    body: { pattern: "consensus", prompt: onceCut(verdict, panel.length), panel },
    steps: ["member-2", "judge"],
    output: "Both.",
  },
  {
    body: { pattern: "improve", prompt: onceCut(text(0)), cycles: 2 },
    steps: ["draft", "review-0", "improvement-cycle-0", "review-1", "improvement-cycle-1"],
    output: "the end",
  },
  {
    body: { pattern: "decompose", prompt: onceCut(JSON.stringify({ tasks: parts })) },
    steps: ["plan", "part-1", "synthesis"],
    output: "together",
  },
];

describe.each(FLOWS)(
  "a flow of the pattern $body.pattern, killed with kill -9 while each of its steps runs",
  ({ body, steps, output }) => {
    let flow: Flow;

    test("completes", async () => {
      const { flow_id } = await startFlow(server, body);
      for (const [index, step] of steps.entries()) {
        await atTheVendor(server, flow_id, step);
        if (index > 0) await server.killRuntime();
        else await server.kill().then(() => server.start());
      }
      flow = await flowEnd(server, flow_id);
      expect(flow).toMatchObject({ status: "completed", error: null });
      expect(flow.output).toBe(output);
    });

    test("paid no step that had ended again, and booked every call that was made", async () => {
      const finals = await Promise.all(flow.steps.map(({ task_id }) => server.client.final(task_id)));
      for (const delegation of finals) {
        const calls = callsOfStep(server, delegation);
        expectOneAtATime(calls);
        expect(calls.map(({ ended_by }) => ended_by)).toEqual(["aborted", "answered"]);
        expect(delegation.attempts.map(({ status }) => status)).toEqual(["interrupted", "completed"]);
      }
      expect(flow.cost_nanos).toBe(finals.reduce((sum, { cost_nanos }) => sum + (cost_nanos ?? 0), 0));
      await expectBooksToBalance(server, finals);
    });
  },
);
