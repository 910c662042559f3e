import { DEFAULT_WORKSPACE } from "../lib/default-workspace.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/**
 * Who calls: everything they read or write belongs to `workspace`. `key` is the name that goes on record, `key_id` what tells
 * keys of the same name apart.
 */
export type Principal = {
  workspace: string;
  key: string;
  key_id: string;
  /** The key's id, or that of the first one before it by rotation: budgets of a key are that one's, and stay when it is replaced. */
  account: string;
  scopes: ReadonlySet<Scope>;
  /** The role of a task that names none; null = `default`. */
  default_agent: string | null;
  /** Holds DEPUTE_ADMIN_KEY: the only one who makes workspaces. */
  is_owner: boolean;
};

/** Names that are on record as somebody else: no key is called so. */
export const RESERVED_NAMES: readonly string[] = ["owner", "system"];

/** The holder of DEPUTE_ADMIN_KEY. */
export const OWNER: Principal = {
  workspace: DEFAULT_WORKSPACE,
  key: "owner",
  key_id: "owner",
  account: "owner",
  scopes: new Set(SCOPES),
  default_agent: null,
  is_owner: true,
};
