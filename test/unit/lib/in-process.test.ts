import { describe, expect, test } from "vitest";
import { inProcess, passedOn } from "../../../src/lib/in-process.ts";

const URL_OF_API = "https://depute.test/v1/x";

/** A body that says one thing and then nothing, for ever; `left` is why its reader went. */
function silentBody() {
  const seen: { left?: unknown } = {};
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
    cancel: (reason) => {
      seen.left = reason;
    },
  });
  return { body, seen };
}

describe("inProcess", () => {
  test("sends the call with the caller's headers in place of its own", async () => {
    const asked: Request[] = [];
    const send = inProcess(
      (request) => {
        asked.push(request);
        return new Response("{}", { status: 202 });
      },
      { "x-request-id": "r-1" },
    );
    const headers = { authorization: "Bearer k", "x-request-id": "other" };
    const response = await send(URL_OF_API, { method: "POST", body: "{}", headers });
    expect(response.status).toBe(202);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${URL_OF_API}`]);
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer k");
    expect(asked[0]?.headers.get("x-request-id")).toBe("r-1");
  });

  test("gives the answer whole when nothing aborts it", async () => {
    const send = inProcess(() => new Response("answer", { status: 201, headers: { location: "/x" } }), {});
    const response = await send(URL_OF_API, { signal: new AbortController().signal });
    expect([response.status, response.headers.get("location"), await response.text()]).toEqual([201, "/x", "answer"]);
  });

  test("who is waiting for more of the answer is told at once that it was aborted, and the answer that nobody reads on", async () => {
    const { body, seen } = silentBody();
    const abort = new AbortController();
    const response = await inProcess(() => new Response(body), {})(URL_OF_API, { signal: abort.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    const waiting = reader.read();
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(seen.left).toMatchObject({ message: "enough" });
  });

  test("does not call when it was aborted before", async () => {
    const send = inProcess(() => expect.fail("called"), {});
    await expect(send(URL_OF_API, { signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow("early");
  });

  test("a reader that leaves lets the answer go", async () => {
    const { body, seen } = silentBody();
    const response = await inProcess(() => new Response(body), {})(URL_OF_API, { signal: new AbortController().signal });
    await response.body?.cancel("gone");
    expect(seen.left).toBe("gone");
  });
});

describe("passedOn", () => {
  test("names the request and the address that Cloudflare saw, and nothing else of it", () => {
    const headers = { "cf-connecting-ip": "192.0.2.1", "x-forwarded-for": "192.0.2.2", cookie: "depute=sealed" };
    expect(passedOn("r-1", new Request(URL_OF_API, { headers }))).toEqual({
      "x-request-id": "r-1",
      "cf-connecting-ip": "192.0.2.1",
    });
    expect(passedOn("r-1", new Request(URL_OF_API))).toEqual({ "x-request-id": "r-1" });
  });
});
