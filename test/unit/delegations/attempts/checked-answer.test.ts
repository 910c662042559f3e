import { describe, expect, test } from "vitest";
import { checkedCompletion, checkedName, checkedUsage } from "../../../../src/delegations/attempts/checked-answer.ts";
import { runAttempt } from "../../../../src/delegations/attempts/run-attempt.ts";
import type { StreamingProvider, Usage } from "../../../../src/providers/provider.ts";
import { providerRequest } from "../../../support/provider-request.ts";
import { RecordingSink } from "../../../support/recording-sink.ts";
import { completion, usage } from "../delegating.ts";

/** What no type promises: vendors send what they like. */
const foreign = (counts: { [field in keyof Usage]?: unknown }): Usage => ({ ...usage(10, 5), ...counts }) as Usage;

describe("checkedUsage", () => {
  test("passes counts on", () => {
    const counts = { ...usage(1_000_000_000, 0), cached_input_tokens: 7, reasoning_output_tokens: 3 };
    expect(checkedUsage(counts)).toEqual(counts);
  });

  test.each([2.5, -1, "10", Number.NaN, Number.POSITIVE_INFINITY, 1_000_000_001, null, undefined, {}])(
    "takes %j for none at all",
    (count) => {
      expect(checkedUsage(foreign({ input_tokens: count }))).toEqual(usage(0, 5));
    },
  );
});

describe("checkedName", () => {
  test("cuts what is too long to be kept with every attempt, and refuses what is no text", () => {
    expect(checkedName("model-1")).toBe("model-1");
    expect(checkedName("m".repeat(100_000))).toBe("m".repeat(200));
    for (const other of [undefined, null, 7, { id: "model-1" }]) expect(checkedName(other)).toBeUndefined();
  });
});

describe("checkedCompletion", () => {
  test("leaves a plain one as it is", () => {
    const plain = completion({ model: "model-1", serviceTier: "standard", requestId: "req-1" });
    expect(checkedCompletion(plain)).toEqual(plain);
  });

  test("does not take corrected counts for the vendor's final ones", () => {
    expect(checkedCompletion(completion({ usage: foreign({ output_tokens: -5 }) }))).toMatchObject({
      usage: usage(10, 0),
      usageFinal: false,
    });
  });
});

describe("runAttempt", () => {
  test("lets nothing through that a record could not hold, neither while the vendor answers nor at the end", async () => {
    const provider: StreamingProvider = {
      kind: "streaming",
      stream: async (_request, sink) => {
        sink.answering({ model: "m".repeat(1_000) });
        sink.usage(foreign({ input_tokens: 1.5 }));
        return completion({ usage: foreign({ input_tokens: 1.5 }), model: "m".repeat(1_000) });
      },
    };
    const sink = new RecordingSink();
    const result = await runAttempt(provider, providerRequest(), sink, new AbortController().signal);
    expect(sink).toMatchObject({ usages: [usage(0, 5)], answers: [{ model: "m".repeat(200) }] });
    expect(result).toMatchObject({
      kind: "answered",
      completion: { usage: usage(0, 5), usageFinal: false, model: "m".repeat(200) },
    });
  });
});
