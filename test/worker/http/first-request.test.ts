import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { freshId } from "../../support/delegation-object.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";

const asked: string[] = [];

/** The same object; who calls one of the methods `names` waits until `released`, and is noted. What `bind` gives is held, too. */
function held<T extends object>(target: T, note: string, names: readonly string[], released: Promise<void>): T {
  return new Proxy(target, {
    get(inner, name) {
      const value = Reflect.get(inner, name);
      if (typeof value !== "function") return value;
      if (name === "bind") return (...values: unknown[]) => held(Reflect.apply(value, inner, values), note, names, released);
      if (!names.includes(String(name))) return (...values: unknown[]) => Reflect.apply(value, inner, values);
      return async (...values: unknown[]) => {
        asked.push(note);
        await released;
        return Reflect.apply(value, inner, values);
      };
    },
  });
}

test("the first request of an isolate asks for the roles and for the budgets at once, and waits for both together", async () => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const DB = new Proxy(env.DB, {
    get(database, name) {
      if (name !== "prepare") return Reflect.get(database, name).bind(database);
      return (sql: string) =>
        sql.includes('"agents"') ? held(database.prepare(sql), "roles", ["all", "raw"], released) : database.prepare(sql);
    },
  });
  const LEDGERS = { getByName: (name: string) => held(env.LEDGERS.getByName(name), "budgets", ["hasBudgets"], released) };
  const context = { waitUntil() {}, passThroughOnException() {} } as unknown as ExecutionContext;
  const task_id = freshId();
  const init = {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ prompt: "x", task_id }),
  };
  const answer = createApp().request("/v1/delegations", init, { ...env, DB, LEDGERS }, context);
  await expect
    .poll(() => asked.toSorted())
    .toEqual(["budgets", "roles"])
    .finally(release);
  expect((await answer).status).toBe(202);
  expect(asked.length).toBe(2);
});
