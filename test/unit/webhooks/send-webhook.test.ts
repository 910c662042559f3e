import { describe, expect, test } from "vitest";
import { sendWebhook } from "../../../src/webhooks/send-webhook.ts";
import { type WireReply, WireServer } from "../../support/wire-server.ts";

const message = { payload: '{"type":"x"}', headers: { "content-type": "application/json", "webhook-id": "msg_1" } };
const deps = { fetch, now: Date.now };

async function sentTo(reply: WireReply, timeoutMs?: number) {
  await using server = await WireServer.playing(reply);
  const sent = await sendWebhook(`${server.baseUrl}/hook?a=b`, message, { ...deps, ...(timeoutMs && { timeoutMs }) });
  return { ...sent, requests: server.requests };
}

describe("sendWebhook", () => {
  test("posts the payload with its headers, and any 2xx is a success", async () => {
    const { status, error, excerpt, requests } = await sentTo({ status: 204 });
    expect({ status, error, excerpt }).toEqual({ status: 204, error: null, excerpt: null });
    expect(requests).toMatchObject([
      {
        method: "POST",
        url: "/hook?a=b",
        headers: { "webhook-id": "msg_1", "content-type": "application/json" },
        body: { type: "x" },
      },
    ]);
  });

  test.each([301, 302, 303, 307, 308])("%i is a failure that says so, and is not followed", async (status) => {
    const sent = await sentTo({ status, headers: { location: "/elsewhere" } });
    expect(sent.error).toBe(`answered ${status}: redirects are not followed`);
    expect(sent.requests).toHaveLength(1);
  });

  test.each([400, 404, 410, 500, 503])("%i is a failure with the beginning of what was answered", async (status) => {
    const sent = await sentTo({ status, writes: [`no: ${"x".repeat(5_000)}`] });
    expect([sent.status, sent.error, sent.excerpt?.length, sent.excerpt?.slice(0, 5)]).toEqual([
      status,
      `answered ${status}`,
      1_000,
      "no: x",
    ]);
  });

  test("says for how long the receiver wants to be left alone", async () => {
    const sent = await sentTo({ status: 503, headers: { "retry-after": "90" } });
    expect(sent.retryAfterMs).toBe(90_000);
  });

  test("an answer without an end is read as far as need be", async () => {
    const sent = await sentTo({ status: 200, writes: Array.from({ length: 40 }, () => "y".repeat(4_000)), end: "hang" });
    expect([sent.status, sent.error, sent.excerpt]).toEqual([200, null, "y".repeat(1_000)]);
  });

  test("an answer that breaks off is what it was until then", async () => {
    const sent = await sentTo({ status: 200, writes: ["begun"], end: "drop" });
    expect([sent.status, sent.error, sent.excerpt]).toEqual([200, null, "begun"]);
  });

  test("no answer in time is a failure", async () => {
    let asked = () => {};
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const silent = (request: Request) => {
      asked();
      return new Promise<Response>((_resolve, reject) =>
        request.signal.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    };
    const sending = sendWebhook("https://example.com/", message, { fetch: silent, now: Date.now, timeoutMs: 20 });
    await wasAsked;
    expect(await sending).toMatchObject({ status: null, excerpt: null, error: "no answer within 0.02 s" });
  });

  test("a refused connection is a failure", async () => {
    const closed = await WireServer.playing({});
    const { baseUrl } = closed;
    await closed[Symbol.asyncDispose]();
    expect(await sendWebhook(baseUrl, message, deps)).toMatchObject({
      status: null,
      error: "no connection, or it broke before the answer",
    });
  });
});
