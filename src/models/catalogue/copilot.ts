/**
 * The models that GitHub's agent tasks offer, in GitHub's spelling (dots), as of 2026-11-10. They are billed in AI
 * credits (1 credit = USD 0.01) that the agent-tasks API reports per session in nano-credits, so they have no prices here.
 */
export const COPILOT_MODELS: readonly string[] = [
  "claude-fable-5",
  "claude-fable-5.1",
  "claude-haiku-4.5",
  "claude-haiku-5.5",
  "claude-opus-4.8",
  "claude-opus-5",
  "claude-opus-5.5",
  "claude-sonnet-4.6",
  "claude-sonnet-5",
  "claude-sonnet-5.5",
  "gemini-3.8-flash",
  "gemini-4-argon",
  "kimi-k3",
  "gpt-5.3-codex",
  "gpt-5.4-nano",
  "gpt-5.6-luna",
  "gpt-5.6-sol",
  "gpt-5.6-terra",
  "gpt-6-astra",
  "gpt-6-luna",
  "gpt-6-sol",
  "gpt-6.1-sol",
  "gpt-6.1-terra",
  "grok-4.5",
  "grok-4.6",
  "grok-4.7",
  "mai-code-1.1-flash",
];
