import { describe, expect, test } from "vitest";
import { call, send } from "../../support/api-client.ts";
import { hiddenFields, signedIn, Visitor } from "../../support/dashboard.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

describe("GET of a page", () => {
  test.each(["/", "/delegations?status=failed", "/keys"])(
    "%s leads to the sign-in page and back for who is not signed in",
    async (path) => {
      const answer = await new Visitor().get(path);
      expect([answer.status, answer.headers.get("location")]).toEqual([303, `/sign-in?next=${encodeURIComponent(path)}`]);
    },
  );

  test("shows nothing to a cookie that was altered, or is over", async () => {
    const visitor = await signedIn();
    visitor.cookie = visitor.cookie.slice(0, -8) + (visitor.cookie.endsWith("AAAA") ? "BBBBBBBB" : "AAAAAAAA");
    expect((await visitor.get("/")).status).toBe(303);
  });

  test("from a link on another site asks again from here, where browsers send the cookie", async () => {
    const answer = await new Visitor().get("/delegations/x?a=1", { "sec-fetch-site": "cross-site" });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
    expect(answer.text).toContain('<meta http-equiv="refresh" content="0; url=/delegations/x?a=1"/>');
  });
});

describe("POST /sign-in", () => {
  test("gives a session that only this site's own requests over https carry, for twelve hours", async () => {
    const { status, headers } = await new Visitor().signIn();
    expect([status, headers.get("location")]).toEqual([303, "/"]);
    expect(headers.get("set-cookie")).toMatch(
      /^__Host-depute=v1\.[^;]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(headers.get("set-cookie")).not.toContain(ADMIN_KEY);
  });

  test("goes to where the visitor wanted to, on this site only", async () => {
    const visitor = new Visitor();
    const goneTo = async (next: string) => (await visitor.signIn(ADMIN_KEY, { next })).headers.get("location");
    expect(await goneTo("/delegations?q=a+b")).toBe("/delegations?q=a+b");
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
      expect(await goneTo(next)).toBe("/");
  });

  test.each([
    ["a wrong key", `${ADMIN_KEY}x`],
    ["no key", ""],
    ["what is no key", "ключ <b>"],
  ])("%s is 401 in words, and gives no session", async (_name, key) => {
    const answer = await new Visitor().signIn(key);
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
    expect(answer.text).toContain('role="alert"');
    expect(answer.text).not.toContain("<b>");
  });

  test.each<[string, { [name: string]: string }]>([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another origin", { origin: "https://evil.example" }],
    ["an origin that is hidden", { origin: "null" }],
    ["nobody says where", {}],
  ])("from %s is 403 and gives no session", async (_name, headers) => {
    const answer = await new Visitor().post("/sign-in", { key: ADMIN_KEY }, headers);
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([403, null]);
  });

  test("from a browser that only tells the origin works", async () => {
    const answer = await new Visitor().post("/sign-in", { key: ADMIN_KEY }, { origin: "https://depute.test" });
    expect(answer.status).toBe(303);
  });

  test("wrong keys are counted against the address, as the API counts them", async () => {
    const headers = {
      "sec-fetch-site": "same-origin",
      "cf-connecting-ip": `2001:db8::${Math.floor(Math.random() * 0xffff).toString(16)}`,
    };
    const wrong = () => new Visitor().post("/sign-in", { key: `${ADMIN_KEY}x` }, headers);
    await expect.poll(async () => (await wrong()).status, { timeout: 20_000, interval: 0 }).toBe(429);
  });
});

describe("a session", () => {
  test("ends when its key is revoked", async () => {
    const { key: admin } = await makeWorkspace();
    const { id, key } = await makeKey({ scopes: ["read"] }, admin.key);
    const visitor = await signedIn(key);
    expect((await visitor.get("/delegations")).status).toBe(200);
    await call("DELETE", `/v1/keys/${id}`, { key: admin.key });
    const after = await visitor.get("/delegations");
    expect([after.status, after.headers.get("location")]).toEqual([303, "/sign-in?next=%2Fdelegations"]);
    expect(visitor.cookie).toBe("");
  });

  test("is left by signing out", async () => {
    const visitor = await signedIn();
    const answer = await visitor.submit("/", "/sign-out");
    expect([answer.status, answer.headers.get("location"), visitor.cookie]).toEqual([303, "/sign-in", ""]);
    expect((await visitor.get("/")).status).toBe(303);
  });

  test("is no key of the API", async () => {
    const { cookie } = await signedIn();
    expect((await send("GET", "/v1/delegations", { key: null, headers: { cookie } })).status).toBe(401);
  });
});

describe("a form", () => {
  const fields = (token: string) => ({ form_token: token, prompt: "Say hello", once: crypto.randomUUID() });

  test("without a token, with a forged one, or with that of another session is 403 and does nothing", async () => {
    const { key } = await makeWorkspace();
    const [visitor, other] = [await signedIn(key.key), await signedIn(key.key)];
    const others = hiddenFields((await other.get("/delegate")).text, "/delegate").form_token ?? "";
    for (const token of ["", "AAAA", others]) {
      const answer = await visitor.post("/delegate", fields(token));
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("not sent from this site")]);
    }
    expect((await call<{ data: [] }>("GET", "/v1/delegations", { key: key.key })).body.data).toEqual([]);
  });

  test("from another site is 403 though it has the token", async () => {
    const visitor = await signedIn();
    const { form_token = "" } = hiddenFields((await visitor.get("/delegate")).text, "/delegate");
    const answer = await visitor.post("/delegate", fields(form_token), { "sec-fetch-site": "same-site" });
    expect(answer.status).toBe(403);
  });

  test("of who is not signed in leads to the sign-in page", async () => {
    const answer = await new Visitor().post("/delegate", fields("x"));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?next=%2Fdelegate"]);
  });

  test("sent when its key works no more leads to the sign-in page, and from there to the page that it stands on", async () => {
    const { key: admin } = await makeWorkspace();
    const { id, key } = await makeKey({ scopes: ["read", "delegate"] }, admin.key);
    const visitor = await signedIn(key);
    const sent = fields(hiddenFields((await visitor.get("/delegate")).text, "/delegate").form_token ?? "");
    await call("DELETE", `/v1/keys/${id}`, { key: admin.key });
    const answer = await visitor.post("/delegations/t-1/retry", sent);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?next=%2Fdelegations%2Ft-1"]);
  });

  test.each(["a\nb", "a\0b", "ключ"])("whose idempotency key is %j is refused in words", async (once) => {
    const visitor = await signedIn();
    const done = { prompt: "p", output: "o", provider: "compatible", model: "m", status: "completed" };
    const { task_id } = (await call<{ task_id: string }>("POST", "/v1/records", { body: done })).body;
    const answer = await visitor.submit(`/delegations/${task_id}`, `/delegations/${task_id}/retry`, { once });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("must be 1–255 printable ASCII characters")]);
  });

  test.each(["", ".", ".."])("that names an agent %j is refused by what a name must be", async (name) => {
    const visitor = await signedIn();
    const answer = await visitor.submit("/agents", "/agents", { name });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("must be 1–63 of a–z 0–9 -")]);
  });

  test("that is none is refused", async () => {
    const { cookie } = await signedIn();
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    expect((await send("POST", "/delegate", { key: null, body: { prompt: "x" }, headers })).status).toBe(400);
  });
});
