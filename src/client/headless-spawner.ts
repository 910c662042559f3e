import type { SpawnInput, SpawnResult } from "./spawn.ts";

type VendorInput = Omit<SpawnInput, "provider">;

/**
 * One method for each vendor. Every one takes every field of a delegation; what a vendor has no use for is dropped and said
 * in the result's `warnings`. None throws: what went wrong is in the result.
 */
export class HeadlessSpawner {
  readonly #spawn: (input: SpawnInput) => Promise<SpawnResult>;

  constructor(client: { spawn(input: SpawnInput): Promise<SpawnResult> }) {
    this.#spawn = client.spawn;
  }

  /** Anthropic. `approval`: auto, manual (waits until somebody approves) or never (no tool may run). `timeout` in seconds. */
  spawnClaude(input: VendorInput): Promise<SpawnResult> {
    return this.#spawn({ ...input, provider: "claude" });
  }

  /** Google. */
  spawnGemini(input: VendorInput): Promise<SpawnResult> {
    return this.#spawn({ ...input, provider: "gemini" });
  }

  /** OpenAI. `sandbox` and `fullAuto` are policy for tools, of which none run. */
  spawnCodex(input: VendorInput): Promise<SpawnResult> {
    return this.#spawn({ ...input, provider: "codex" });
  }

  /** GitHub's agent, in `repository` or the deployment's default one. */
  spawnCopilot(input: VendorInput): Promise<SpawnResult> {
    return this.#spawn({ ...input, provider: "copilot" });
  }
}
