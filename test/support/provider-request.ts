import type { ProviderRequest } from "../../src/providers/provider.ts";

/** A plain request for text, with what a test wants different. */
export function providerRequest(different: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    taskId: "task-1",
    attempt: 1,
    model: "model-1",
    prompt: "Say hello",
    system: undefined,
    maxOutputTokens: 1_000,
    temperature: undefined,
    thinking: undefined,
    output: { format: "text" },
    repository: undefined,
    ...different,
  };
}
