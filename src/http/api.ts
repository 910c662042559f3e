import { Hono } from "hono";
import { z } from "zod";
import { configOf } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import { requireScope } from "./authenticate.ts";
import { Door } from "./door.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";
import { type Call, hasBody, type Operation } from "./operation.ts";
import { parseInput, refusal } from "./parse-input.ts";
import { readJson } from "./read-json.ts";

const Nothing = z.strictObject({});

/** The routes and, from the same declarations, all that the OpenAPI document says of them. */
export class Api {
  readonly hono = new Hono<HttpEnv>();
  readonly operations: Operation[] = [];
  readonly #door: Door;

  /** `now` in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#door = new Door(now);
  }

  /** Adds an operation: who calls is known, allowed, and what they sent is valid before `handle` runs. */
  add<const O extends Operation>(operation: O, handle: (call: Call<O>) => Response | Promise<Response>): void {
    this.operations.push(operation);
    const route = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    this.hono.on(operation.method.toUpperCase(), route, async (context) => {
      context.set("route", operation.path);
      return handle(await admitted(operation, context, this.#door));
    });
  }

  /** The methods that a path has, upper case; empty when there is no such path. */
  methodsOf(path: string): string[] {
    return this.operations.filter((operation) => matches(operation, path)).map(({ method }) => method.toUpperCase());
  }
}

async function admitted<O extends Operation>(operation: O, context: HttpContext, door: Door): Promise<Call<O>> {
  const config = configOf(context.env);
  const principal = operation.scope === null ? undefined : await door.admit(context, config);
  if (principal !== undefined) requireAllowed(operation, principal);
  const path = parseInput(operation.pathSchema ?? Nothing, context.req.param(), "path");
  const query = parseInput(operation.querySchema ?? Nothing, queryOf(context.req.queries()), "query");
  const sent = hasBody(operation) ? await bodyOf(operation, context.req.raw) : undefined;
  const body = hasBody(operation) ? parseInput(operation.bodySchema ?? Nothing, sent, "body") : undefined;
  // The schemas above are the operation's own: what they gave is what its Call says, which the compiler cannot follow.
  return { context, config, principal, path, query, body, sent } as Call<O>;
}

function requireAllowed({ scope, ownerOnly }: Operation, principal: Principal): void {
  if (scope !== null && scope !== "any") requireScope(principal, scope);
  if (ownerOnly === true && !principal.is_owner)
    throw new AppError("forbidden", "This needs the owner key of the deployment, DEPUTE_ADMIN_KEY.");
}

async function bodyOf(operation: Operation, request: Request): Promise<unknown> {
  const sent = await readJson(request);
  if (sent !== undefined) return sent;
  if (operation.bodySchema === undefined || operation.bodyOptional === true) return {};
  throw new AppError("invalid_request", "The body is not valid: there is none, and a JSON object is needed.", [
    { path: "", message: "must be a JSON object" },
  ]);
}

function queryOf(queries: { readonly [name: string]: readonly string[] }): { [name: string]: string | undefined } {
  const repeated = Object.keys(queries).filter((name) => (queries[name]?.length ?? 0) > 1);
  if (repeated.length > 0) {
    throw refusal(
      "query",
      repeated.slice(0, 10).map((path) => ({ path, message: "is given more than once" })),
    );
  }
  return Object.fromEntries(Object.entries(queries).map(([name, values]) => [name, values[0]]));
}

function matches(operation: Operation, path: string): boolean {
  const pattern = operation.path.split("/");
  const parts = path.split("/");
  return pattern.length === parts.length && pattern.every((part, index) => part.startsWith("{") || part === parts[index]);
}
