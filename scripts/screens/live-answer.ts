const ANSWER = [
  "A token bucket per key, kept by one object per key.",
  "1. What is stored: the number of tokens left and the time at which it was counted, both in one write.",
  "2. When: after every request that changes the number. The answer does not wait for the write.",
  "3. What a lost write costs: after a restart the key may send a few requests more than its limit, once. None is refused wrongly.",
  "A sliding window would be exact, and would have to keep every request of the window: a table instead of two numbers.",
  "Where a contract names the limit to the request, take the window and pay for it.",
  "The bucket is refilled when it is looked at, not by a timer: tokens = min(capacity, tokens + rate * elapsed).",
  "An idle key therefore costs nothing, and a million of them cost no more than their rows.",
].join("\n\n");

/** What is delegated to be looked at: its simulated answer takes its time. */
export const LIVE = {
  prompt: "Design a rate limiter that survives restarts. Say what is stored, when, and what a lost write costs.",
  system: `@simulate ${JSON.stringify({ reasoning: "Two numbers per key are enough.", text: ANSWER, delay_ms: 250 })}`,
  provider: "claude",
  task_type: "ARCHITECTURE",
  complexity: "HIGH",
} as const;
