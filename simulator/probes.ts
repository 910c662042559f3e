import type { IncomingMessage } from "node:http";

const MODELS = {
  anthropic: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"],
  openai: ["gpt-6.2-sol", "gpt-6.1-terra", "gpt-6-luna", "llama3"],
  google: ["gemini-4-neon", "gemini-3.8-flash", "gemini-3.5-flash-lite"],
};

/** The answer to a GET that only asks whether a key works: the vendors' model lists, and GitHub's /user. */
export function probeAnswer(path: string, request: IncomingMessage): unknown {
  if (path === "/user") return { login: "simulated", id: 1, type: "User", name: "Simulated user" };
  if (path === "/v1beta/models") return { models: MODELS.google.map(googleModel) };
  if (path.startsWith("/v1beta/models/")) return googleModel(lastStep(path));
  if (path !== "/v1/models" && !path.startsWith("/v1/models/")) return undefined;
  const one = path === "/v1/models" ? undefined : lastStep(path);
  if (request.headers["anthropic-version"] !== undefined) {
    if (one !== undefined) return anthropicModel(one);
    const data = MODELS.anthropic.map(anthropicModel);
    return { data, has_more: false, first_id: MODELS.anthropic[0], last_id: MODELS.anthropic.at(-1) };
  }
  return one === undefined ? { object: "list", data: MODELS.openai.map(openaiModel) } : openaiModel(one);
}

const lastStep = (path: string): string => decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
const googleModel = (id: string) => ({
  name: `models/${id}`,
  displayName: id,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
});
const openaiModel = (id: string) => ({ id, object: "model", created: 1_790_000_000, owned_by: "simulated" });
const anthropicModel = (id: string) => ({
  type: "model",
  id,
  display_name: id,
  created_at: "2026-10-01T00:00:00Z",
  lifecycle: "active",
  max_input_tokens: 1_000_000,
  max_tokens: 128_000,
});
