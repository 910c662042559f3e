import { describe, expect, test } from "vitest";
import { DeputeError } from "../../../src/client/depute-error.ts";
import { type ApiCall, Transport } from "../../../src/client/transport.ts";
import { jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const GET: ApiCall = { method: "GET", path: "/v1/x" };
const CREATE: ApiCall = { method: "POST", path: "/v1/x", body: { a: 1 }, again: "by key" };
const ACT: ApiCall = { method: "POST", path: "/v1/x/cancel", body: {} };

/** A server that gives these replies one after another, the last one for ever, and a transport that does not really wait. */
async function playing(...replies: [WireReply, ...WireReply[]]) {
  let number = 0;
  const server = await WireServer.playing(() => replies[Math.min(number++, replies.length - 1)] ?? replies[0]);
  const waits: number[] = [];
  const transport = new Transport({ baseUrl: `${server.baseUrl}/`, apiKey: "dpt_secret" }, async (ms) => {
    waits.push(ms);
  });
  return { server, transport, waits };
}

const ok = jsonReply(200, { fine: true });
const problem = (status: number, code: string, headers = {}) =>
  jsonReply(status, { code, detail: "Why.", errors: [{ path: "a", message: "is bad" }], request_id: "r1" }, headers);
const dropped: WireReply = { status: 200, headers: { "content-length": "100" }, writes: ["{"], end: "drop" };

async function thrownBy(promise: Promise<unknown>): Promise<DeputeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DeputeError);
  return error as DeputeError;
}

describe("Transport", () => {
  test("sends the key, the query without what is undefined, and JSON", async () => {
    const { server, transport } = await playing(ok);
    await using _ = server;
    const query = { a: ["x", "y"], b: undefined, c: 0 };
    expect(await transport.json({ ...CREATE, query })).toEqual({ fine: true });
    expect(server.request).toMatchObject({ method: "POST", url: "/v1/x?a=x%2Cy&c=0", body: { a: 1 } });
    expect(server.request.headers).toMatchObject({ authorization: "Bearer dpt_secret", "content-type": "application/json" });
  });

  test("a refusal is a DeputeError with all that the server said", async () => {
    const { server, transport, waits } = await playing(problem(400, "invalid_request"));
    await using _ = server;
    const error = await thrownBy(transport.json(CREATE));
    expect(error).toMatchObject({
      name: "DeputeError",
      message: "Why.",
      code: "invalid_request",
      status: 400,
      fields: [{ path: "a", message: "is bad" }],
      requestId: "r1",
    });
    expect(waits).toEqual([]);
  });

  test("an answer that is not the API's is unexpected_answer, with the request id of its header", async () => {
    const page = { status: 501, headers: { "content-type": "text/html", "x-request-id": "r2" }, writes: ["<h1>Bad</h1>"] };
    const { server, transport } = await playing(page, { status: 200, writes: ["<h1>Hi</h1>"] });
    await using _ = server;
    expect(await thrownBy(transport.json(GET))).toMatchObject({ code: "unexpected_answer", status: 501, requestId: "r2" });
    expect(await thrownBy(transport.json(GET))).toMatchObject({ code: "unexpected_answer", status: 200 });
  });

  test.each([
    ["a lost connection", dropped],
    ["429", problem(429, "rate_limited")],
    ["503", problem(503, "unavailable")],
    ["502 of a proxy", { status: 502, writes: ["<h1>Bad</h1>"] }],
    ["503 of a proxy", { status: 503, writes: ["busy"] }],
    ["504 of a proxy", { status: 504, writes: ["late"] }],
  ])("a GET is sent again after %s", async (_, reply) => {
    const { server, transport, waits } = await playing(reply, reply, ok);
    await using _server = server;
    expect(await transport.json(GET)).toEqual({ fine: true });
    expect(waits).toHaveLength(2);
  });

  test("what creates is sent again with the same Idempotency-Key, and each call has its own", async () => {
    const { server, transport } = await playing(dropped, problem(503, "unavailable"), ok);
    await using _ = server;
    await transport.json(CREATE);
    await transport.json(CREATE);
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(4);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test("what is not safe is sent once", async () => {
    const { server, transport, waits } = await playing(dropped);
    await using _ = server;
    expect(await thrownBy(transport.json(ACT))).toMatchObject({ code: "unreachable", status: undefined });
    expect(server.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test.each([
    ["a PUT, since twice is the same as once", { ...ACT, method: "PUT" as const }, dropped],
    ["what is the same when it is done twice", { ...ACT, again: "freely" as const }, dropped],
    ["what was turned away at the door, whatever it is", ACT, problem(429, "rate_limited", { "retry-after": "2" })],
  ])("%s is sent again", async (_, call, reply) => {
    const { server, transport, waits } = await playing(reply, ok);
    await using _server = server;
    expect(await transport.json(call)).toEqual({ fine: true });
    expect(server.requests).toHaveLength(2);
    expect(waits).toHaveLength(1);
  });

  test.each([
    ["402", problem(402, "budget_exceeded", { "retry-after": "1" }), CREATE, "budget_exceeded", 1],
    ["429 whose time is over a minute", problem(429, "rate_limited", { "retry-after": "61" }), CREATE, "rate_limited", 1],
    ["429 that does not end", problem(429, "rate_limited"), CREATE, "rate_limited", 6],
    ["503 of what is not safe", problem(503, "unavailable"), ACT, "unavailable", 1],
  ])("%s is told by its code", async (_, reply, call, code, requests) => {
    const { server, transport } = await playing(reply);
    await using _server = server;
    const error = await thrownBy(transport.json(call));
    expect(error).toMatchObject({ code, status: reply.status });
    expect(server.requests).toHaveLength(requests);
    if (code === "rate_limited" && requests === 1) expect(error.retryAfterMs).toBe(61_000);
  });

  test("gives up after its retries, each wait longer, with the server's last word", async () => {
    const { server, transport, waits } = await playing(problem(503, "unavailable"));
    await using _ = server;
    expect(await thrownBy(transport.json(GET))).toMatchObject({ code: "unavailable", status: 503 });
    expect(server.requests).toHaveLength(6);
    expect(waits.map((ms, retry) => ms >= 125 * 2 ** retry && ms <= 250 * 2 ** retry)).toEqual(Array(5).fill(true));
  });

  test.each([
    ["seconds", () => "7", 7_000, 7_000],
    ["a date", () => new Date(Date.now() + 20_000).toUTCString(), 15_000, 20_000],
  ])("waits as long as Retry-After says in %s", async (_, header, least, most) => {
    const { server, transport, waits } = await playing(problem(429, "rate_limited", { "retry-after": header() }), ok);
    await using _server = server;
    await transport.json(GET);
    expect(waits[0]).toBeGreaterThanOrEqual(least);
    expect(waits[0]).toBeLessThanOrEqual(most);
  });

  test("a signal that aborts ends a call with its reason, before it, during it and while it waits to retry", async () => {
    const { server, transport } = await playing({ status: 200, end: "hang" });
    await using _ = server;
    const reason = new Error("enough");
    await expect(transport.json({ ...GET, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const during = new AbortController();
    const call = transport.json({ ...GET, signal: during.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    during.abort(reason);
    await expect(call).rejects.toBe(reason);
    const busy = await playing(problem(503, "unavailable", { "retry-after": "60" }));
    await using _busy = busy.server;
    const waiting = new AbortController();
    const patient = new Transport({ baseUrl: busy.server.baseUrl, apiKey: "k" });
    const retried = patient.json({ ...GET, signal: waiting.signal });
    await expect.poll(() => busy.server.requests.length).toBe(1);
    waiting.abort(reason);
    await expect(retried).rejects.toBe(reason);
  });

  test("uses the fetch it is given, and refuses an address that is none", async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return Response.json({ own: true });
    };
    const transport = new Transport({ baseUrl: "https://depute.test/base/", apiKey: "k", fetch });
    expect(await transport.json(GET)).toEqual({ own: true });
    expect(asked).toEqual(["https://depute.test/base/v1/x"]);
    expect(() => new Transport({ baseUrl: "depute", apiKey: "k" })).toThrow(TypeError);
  });
});
