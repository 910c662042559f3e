/** A model name of ours. `retired` says since when a vendor's id of that name is gone; absent for names that were never an id. */
type Alias = { readonly target: string; readonly retired?: string };

/**
 * Names that callers may use for a current model. Three are stable names of our own; the others are vendor ids that are
 * gone (shutdown dates: openai 7.57.0 resources/shared.d.ts, https://firebase.google.com/docs/ai-logic; for Gemini 1.5 no
 * exact date is published). Aliases go before catalogue ids.
 */
export const ALIASES: { readonly [alias: string]: Alias } = {
  "claude-opus": { target: "claude-opus-5-5" },
  "claude-sonnet": { target: "claude-sonnet-5-5" },
  "claude-haiku": { target: "claude-haiku-5-5" },
  "gemini-2.0-flash": { target: "gemini-3.8-flash", retired: "on 2026-06-01" },
  "gemini-1.5-pro": { target: "gemini-4-neon", retired: "in 2025" },
  "gemini-1.5-flash": { target: "gemini-3.5-flash-lite", retired: "in 2025" },
  "gpt-4-turbo": { target: "gpt-6.2-sol", retired: "on 2026-10-23" },
  "gpt-4": { target: "gpt-6.1-terra", retired: "on 2026-10-23" },
};
