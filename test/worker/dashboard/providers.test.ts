import { describe, expect, test } from "vitest";
import { call } from "../../support/api-client.ts";
import { hiddenFields, signedIn } from "../../support/dashboard.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

describe("GET /providers", () => {
  test("has every provider, and how it does", async () => {
    const { key } = await makeWorkspace();
    const { text } = await (await signedIn(key.key)).get("/providers");
    const { data } = (await call<{ data: { provider: string }[] }>("GET", "/v1/providers", { key: key.key })).body;
    expect(data.length).toBeGreaterThan(3);
    for (const { provider } of data) expect(text).toContain(`id="provider-${provider}"`);
    expect(text).toContain("none made");
  });

  test("asks the vendors when an admin says so, and shows what they say", async () => {
    const { key } = await makeWorkspace();
    const visitor = await signedIn(key.key);
    expect((await visitor.get("/providers")).text).not.toContain("The vendor answers");
    const { status, text } = await visitor.submit("/providers", "/providers/probe");
    expect(status).toBe(200);
    expect(text).toContain("The vendor answers, and takes the key.");
  });

  test("offers that to nobody else", async () => {
    const { key } = await makeWorkspace();
    const reader = await signedIn((await makeKey({ scopes: ["read"] }, key.key)).key);
    const { text } = await reader.get("/providers");
    expect(text).not.toContain("Ask every vendor now");
    const refused = await reader.post("/providers/probe", hiddenFields(text, "/sign-out"));
    expect(refused.status).toBe(403);
  });
});
