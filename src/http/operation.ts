import type { z } from "zod";
import type { Config } from "../config.ts";
import type { ApiErrorCode } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { Scope } from "../keys/scopes.ts";
import type { HttpContext } from "./http-env.ts";

/** One kind of success; without `schema` it has no body. */
export type Success = {
  description: string;
  schema?: z.ZodType;
  /** What a line of NDJSON, or the data of an event, is; absent: what `schema` says. */
  entry?: z.ZodType;
  /** Absent: `application/json`. */
  mediaTypes?: readonly string[];
  example?: unknown;
  /** Header names and what they say. */
  headers?: { readonly [name: string]: string };
};

/** One operation of the API: what validates a request is what documents it. */
export type Operation = {
  method: "get" | "post" | "put" | "delete";
  /** As OpenAPI writes it: `/v1/delegations/{task_id}`. */
  path: string;
  id: string;
  tag: string;
  /** The scope a key needs; `any` = every key may, null = open to everyone. */
  scope: Scope | "any" | null;
  /** True when only the holder of DEPUTE_ADMIN_KEY may. */
  ownerOnly?: true;
  summary: string;
  description?: string;
  pathSchema?: z.ZodType;
  querySchema?: z.ZodType;
  /** Headers that the handler reads itself, and what they do. */
  headers?: { readonly [name: string]: string };
  /** A post or put without one takes no body but `{}`. */
  bodySchema?: z.ZodType;
  /** True when leaving out the body means `{}`. */
  bodyOptional?: boolean;
  bodyExample?: unknown;
  successes: { readonly [status: number]: Success };
  /** Refusals of its own, besides those that every operation has. */
  errors: readonly ApiErrorCode[];
};

type Parsed<O, Part extends string> = O extends { readonly [part in Part]: infer S extends z.ZodType } ? z.output<S> : undefined;

/** What a handler gets: everything validated, and the caller known where the operation has a scope. */
export type Call<O extends Operation> = {
  context: HttpContext;
  config: Config;
  principal: O extends { scope: null } ? undefined : Principal;
  path: Parsed<O, "pathSchema">;
  query: Parsed<O, "querySchema">;
  body: Parsed<O, "bodySchema">;
  /** The body before it was parsed, as JSON. */
  sent: unknown;
};

/** Whether such a request carries a body at all. */
export const hasBody = ({ method }: Pick<Operation, "method">): boolean => method === "post" || method === "put";
