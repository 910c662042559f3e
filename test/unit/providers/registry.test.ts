import { describe, expect, test } from "vitest";
import { type Config, readConfig } from "../../../src/config.ts";
import { CAPABILITIES, probeProvider, providerFor } from "../../../src/providers/index.ts";
import { PROVIDER_IDS, type ProviderId } from "../../../src/providers/provider.ts";
import { jsonReply, WireServer } from "../../support/wire-server.ts";

const VALUES: { [setting: string]: string } = {
  ANTHROPIC_API_KEY: "a",
  GEMINI_API_KEY: "g",
  OPENAI_API_KEY: "o",
  COPILOT_GITHUB_TOKEN: "t",
  COMPATIBLE_ENDPOINTS: JSON.stringify({ local: { base_url: "http://127.0.0.1:1/v1" } }),
};
const endpointOf = (provider: ProviderId) => (provider === "compatible" ? "local" : null);
const unaborted = () => new AbortController().signal;

describe("providerFor", () => {
  test("has nobody to ask where nothing is configured", () => {
    const config = readConfig({});
    for (const provider of PROVIDER_IDS)
      expect(providerFor({ provider, endpoint: endpointOf(provider) }, config)).toBeUndefined();
  });

  test.each(PROVIDER_IDS)("gives %s, of the kind its capabilities say, for the one setting they name", (provider) => {
    const { kind, setting } = CAPABILITIES[provider];
    const config = readConfig({ [setting]: VALUES[setting] });
    expect(providerFor({ provider, endpoint: endpointOf(provider) }, config)?.kind).toBe(kind);
    const others = PROVIDER_IDS.filter((other) => other !== provider);
    for (const other of others) expect(providerFor({ provider: other, endpoint: endpointOf(other) }, config)).toBeUndefined();
  });

  test("builds a client once for each configuration and endpoint", () => {
    const endpoints = { one: { base_url: "http://127.0.0.1:1/v1" }, two: { base_url: "http://127.0.0.1:2/v1" } };
    const config = readConfig({ ...VALUES, COMPATIBLE_ENDPOINTS: JSON.stringify(endpoints) });
    const claude = { provider: "claude", endpoint: null } as const;
    expect(providerFor(claude, config)).toBe(providerFor(claude, config));
    expect(providerFor(claude, config)).not.toBe(providerFor(claude, { ...config }));
    const one = providerFor({ provider: "compatible", endpoint: "one" }, config);
    expect(providerFor({ provider: "compatible", endpoint: "two" }, config)).not.toBe(one);
  });

  test.each(["unknown", "constructor", null])("knows no compatible endpoint %s", (endpoint) => {
    expect(providerFor({ provider: "compatible", endpoint }, readConfig(VALUES))).toBeUndefined();
  });
});

describe("probeProvider", () => {
  test.each(PROVIDER_IDS)("names the setting that %s lacks", async (id) => {
    const result = await probeProvider(id, readConfig({}), unaborted());
    expect(result).toEqual({ ok: false, code: "provider_auth", message: `${CAPABILITIES[id].setting} is not set` });
  });

  const at = (baseUrl: string): Config =>
    readConfig({
      ...VALUES,
      ANTHROPIC_BASE_URL: baseUrl,
      GEMINI_BASE_URL: baseUrl,
      OPENAI_BASE_URL: baseUrl,
      GITHUB_API_URL: baseUrl,
      COMPATIBLE_ENDPOINTS: JSON.stringify({ local: { base_url: baseUrl } }),
    });

  test.each(PROVIDER_IDS)("asks %s by one GET and tells whether the account is accepted", async (id) => {
    await using accepting = await WireServer.playing(jsonReply(200, { object: "list", data: [] }));
    expect(await probeProvider(id, at(accepting.baseUrl), unaborted())).toEqual({ ok: true });
    expect(accepting.request.method).toBe("GET");
    await using refusing = await WireServer.playing(jsonReply(401, { error: { message: "wrong key" } }));
    expect(await probeProvider(id, at(refusing.baseUrl), unaborted())).toMatchObject({ ok: false, code: "provider_auth" });
    expect(refusing.request.method).toBe("GET");
  });

  test("is not content with one of several compatible endpoints", async () => {
    await using accepting = await WireServer.playing(jsonReply(200, { object: "list", data: [] }));
    await using refusing = await WireServer.playing(jsonReply(403, { error: { message: "not you" } }));
    const endpoints = { good: { base_url: accepting.baseUrl }, bad: { base_url: refusing.baseUrl } };
    const config = readConfig({ COMPATIBLE_ENDPOINTS: JSON.stringify(endpoints) });
    expect(await probeProvider("compatible", config, unaborted())).toMatchObject({ ok: false, code: "provider_auth" });
  });
});
