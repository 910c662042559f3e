import { expect } from "vitest";
import { call } from "./api-client.ts";

export type MadeKey = { id: string; key: string; hint: string; expires_at: string | null };

let made = 0;

/** A key of a workspace, made with `by`, a key that may (the owner's unless given). */
export async function makeKey(fields: { [name: string]: unknown }, by?: string): Promise<MadeKey> {
  const body = { name: "a test's key", scopes: ["read"], ...fields };
  const answer = await call<MadeKey>("POST", "/v1/keys", { body, ...(by !== undefined && { key: by }) });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** A workspace of its own and its first key, which may do everything there. */
export async function makeWorkspace(): Promise<{ workspace: string; key: MadeKey }> {
  made += 1;
  const workspace = `w${made}-${crypto.randomUUID().slice(0, 8)}`;
  const answer = await call<{ key: MadeKey }>("POST", "/v1/workspaces", { body: { workspace } });
  expect(answer.status).toBe(201);
  return { workspace, key: answer.body.key };
}
