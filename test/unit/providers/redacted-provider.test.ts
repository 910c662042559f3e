import { describe, expect, test } from "vitest";
import { type Completion, NO_USAGE, type PollOutcome, type Provider, ProviderError } from "../../../src/providers/provider.ts";
import { redactedProvider } from "../../../src/providers/redacted-provider.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";

const SECRET = "sk-very-secret-key";
const quoting = () =>
  new ProviderError("provider_auth", `Incorrect key: ${SECRET}`, { free: true, retryAfterMs: 7, requestId: "req_1" });
const refusal: Completion = {
  outcome: "refused",
  finish: "refusal",
  detail: `no: ${SECRET}`,
  usage: NO_USAGE,
  usageFinal: true,
  model: undefined,
  serviceTier: undefined,
  requestId: undefined,
};

function streaming(answer: () => Promise<Completion>): Provider {
  return { kind: "streaming", stream: answer };
}

async function streamed(provider: Provider): Promise<Completion> {
  if (provider.kind !== "streaming") throw new Error("not streaming");
  return provider.stream(providerRequest(), new RecordingSink(), new AbortController().signal);
}

async function polled(outcome: PollOutcome): Promise<PollOutcome> {
  const lost = () => Promise.reject(quoting());
  const provider = redactedProvider({ kind: "polling", create: lost, find: lost, poll: async () => outcome }, SECRET);
  if (provider.kind !== "polling") throw new Error("not polling");
  const { signal } = new AbortController();
  await expect(provider.create(providerRequest(), signal)).rejects.toThrow("Incorrect key: [key]");
  await expect(provider.find(providerRequest(), signal)).rejects.toThrow("Incorrect key: [key]");
  return provider.poll("handle", providerRequest(), signal);
}

describe("redactedProvider", () => {
  test("takes the credential out of an error and keeps the rest of it", async () => {
    const provider = redactedProvider(
      streaming(() => Promise.reject(quoting())),
      SECRET,
    );
    const kept = { message: "Incorrect key: [key]", code: "provider_auth", free: true, retryAfterMs: 7, requestId: "req_1" };
    await expect(streamed(provider)).rejects.toMatchObject(kept);
  });

  test("takes it out of a refusal", async () => {
    const provider = redactedProvider(
      streaming(async () => refusal),
      SECRET,
    );
    expect(await streamed(provider)).toEqual({ ...refusal, detail: "no: [key]" });
  });

  test("takes it out of what a polled task says, however it ended", async () => {
    const failed = await polled({ state: "failed", error: quoting(), usage: NO_USAGE, costNanos: 3, model: undefined });
    expect(failed).toMatchObject({ state: "failed", costNanos: 3, error: { message: "Incorrect key: [key]" } });
    expect(await polled({ state: "ended", output: "x", completion: refusal })).toMatchObject({
      completion: { detail: "no: [key]" },
    });
    const running = { state: "running", usage: NO_USAGE, costNanos: null, model: undefined } as const;
    expect(await polled(running)).toEqual(running);
  });

  test("passes on what is no ProviderError, and an account without a real credential, as they are", async () => {
    const thrown = new TypeError("odd");
    const broken = redactedProvider(
      streaming(() => Promise.reject(thrown)),
      SECRET,
    );
    await expect(streamed(broken)).rejects.toBe(thrown);
    const local = streaming(async () => refusal);
    expect([redactedProvider(local, undefined), redactedProvider(local, "none")]).toEqual([local, local]);
  });
});
