import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { call } from "../../support/api-client.ts";
import { signedIn } from "../../support/dashboard.ts";
import { freshId } from "../../support/delegation-object.ts";
import { nextAnswers } from "../../support/flow-object.ts";
import { makeWorkspace } from "../../support/team.ts";

const HOSTILE = "</text><script>alert(1)</script>";

/** A workspace of its own, and somebody in it who is signed in. */
async function workspace() {
  const { key } = await makeWorkspace();
  const start = async (body: object) => expect((await call("POST", "/v1/flows", { key: key.key, body })).status).toBe(202);
  const ended = async (id: string) =>
    expect.poll(async () => (await call("GET", `/v1/flows/${id}`, { key: key.key })).body.status).not.toBe("in-progress");
  return { start, ended, visitor: await signedIn(key.key) };
}

describe("GET /flows", () => {
  test("tells a newcomer how to start one", async () => {
    const { visitor } = await workspace();
    const { text } = await visitor.get("/flows");
    expect(text).toContain("No flows yet");
    expect(text).toContain("curl https://depute.test/v1/flows");
  });

  test("narrows to a status and a pattern, which stand in the address together", async () => {
    const { start, ended, visitor } = await workspace();
    const id = freshId("listed");
    await start({ flow_id: id, pattern: "chain", steps: [{ name: "a", prompt: simulate({ text: "fine" }, freshId()) }] });
    await ended(id);
    const shows = async (query: string) => (await visitor.get(`/flows?${query}`)).text.includes(`href="/flows/${id}"`);
    await expect.poll(() => shows("status=completed&pattern=chain")).toBe(true);
    expect(await shows("status=completed&pattern=consensus")).toBe(false);
    expect(await shows("status=failed")).toBe(false);
    const { text } = await visitor.get("/flows?status=completed&pattern=chain");
    expect(text).toContain('href="/flows?status=completed&amp;pattern=improve"');
    expect(text).toContain('href="/flows?status=failed&amp;pattern=chain"');
  });
});

describe("GET /flows/{flow_id}", () => {
  test("draws the steps, and says why it failed and where", async () => {
    const { start, ended, visitor } = await workspace();
    const id = freshId("breaks");
    const steps = [
      { name: "a", prompt: simulate({ text: HOSTILE }, freshId()) },
      { name: "b", prompt: simulate({ status: 400 }, freshId()) },
    ];
    await start({ flow_id: id, pattern: "chain", steps });
    await ended(id);
    const { text } = await visitor.get(`/flows/${id}`);
    expect(text).toContain('<title id="steps-title">Steps of this chain flow</title>');
    expect(text).toContain(`<a href="/delegations/${id}.b" class="node">`);
    expect(text).toContain(`<a href="/delegations/${id}.b">See b</a>`);
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("data-live");
  });

  test("of a consensus has the members' answers side by side, who dissents by name", async () => {
    const { start, ended, visitor } = await workspace();
    const id = freshId("agree");
    const verdict = { synthesis: "Both.", agreement: 0.4, dissent: [{ member: "Second", point: "Not so fast." }] };
    const prompt = simulate({ text: nextAnswers(verdict) }, freshId());
    const panel = [{ name: "First" }, { name: "Second", provider: "codex" }];
    await start({ flow_id: id, pattern: "consensus", prompt, panel, judge: { provider: "claude" } });
    await ended(id);
    const { text } = await visitor.get(`/flows/${id}`);
    expect(text).toContain("40 % agreement");
    expect(text).toContain("<strong>Second</strong> dissents: Not so fast.");
    const [, first = "", second = ""] = text.split("<article ");
    expect(first).toContain(">First</a>");
    expect(first).not.toContain("Dissents");
    expect(second).toContain("Dissents: Not so fast.");
  });

  test("is live while it runs, and cancelled by its button", async () => {
    const { start, ended, visitor } = await workspace();
    const id = freshId("cancel");
    const steps = [{ name: "waits", prompt: "Nobody approves this.", approval: "manual" }];
    await start({ flow_id: id, pattern: "chain", steps });
    expect((await visitor.get(`/flows/${id}`)).text).toContain(`data-events="/flows/${id}/events"`);
    const answer = await visitor.submit(`/flows/${id}`, `/flows/${id}/cancel`);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/flows/${id}`]);
    await ended(id);
    const { text } = await visitor.get(`/flows/${id}`);
    expect(text).toContain("Cancelled by");
    expect(text).not.toContain("Cancel the flow");
  });

  test("of another workspace is none", async () => {
    const { start } = await workspace();
    const id = freshId("theirs");
    await start({ flow_id: id, pattern: "chain", steps: [{ name: "a", prompt: "x", approval: "manual" }] });
    const { status, text } = await (await workspace()).visitor.get(`/flows/${id}`);
    expect(status).toBe(404);
    expect(text).toContain("There is no flow of this id");
  });
});
