import { send } from "./api-client.ts";
import { ADMIN_KEY } from "./simulated-vendors.ts";

type Fields = { [name: string]: string };
export type PageAnswer = { status: number; headers: Headers; text: string };

const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

/** Somebody at the dashboard: keeps the cookie as browsers do, and sends forms with what stands hidden in them. */
export class Visitor {
  cookie = "";

  /** A page, after redirects only when they are asked for one by one. */
  async get(path: string, headers: Fields = {}): Promise<PageAnswer> {
    return this.#answer(await send("GET", path, { key: null, headers: { ...SAME_ORIGIN, ...this.#cookies(), ...headers } }));
  }

  /** What a form of a page sends to `action`: its hidden fields, then these. */
  async submit(page: string, action: string, fields: Fields = {}): Promise<PageAnswer> {
    const { text } = await this.get(page);
    return this.post(action, { ...hiddenFields(text, action), ...fields });
  }

  async post(action: string, fields: Fields, headers: Fields = SAME_ORIGIN): Promise<PageAnswer> {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = String(new URLSearchParams(fields));
    return this.#answer(await send("POST", action, { key: null, body, headers: { ...type, ...this.#cookies(), ...headers } }));
  }

  signIn(key = ADMIN_KEY, fields: Fields = {}): Promise<PageAnswer> {
    return this.post("/sign-in", { key, ...fields });
  }

  #cookies(): Fields {
    return this.cookie === "" ? {} : { cookie: this.cookie };
  }

  async #answer(response: Response): Promise<PageAnswer> {
    const set = response.headers.get("set-cookie");
    if (set !== null) this.cookie = /max-age=0/i.test(set) ? "" : (set.split(";")[0] ?? "");
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}

/** Somebody who is signed in. */
export async function signedIn(key = ADMIN_KEY): Promise<Visitor> {
  const visitor = new Visitor();
  const { status, text } = await visitor.signIn(key);
  if (status !== 303) throw new Error(`signing in: ${status} ${text}`);
  return visitor;
}

/** The hidden fields of the form that has this action. Throws when the page has no such form. */
export function hiddenFields(page: string, action: string): Fields {
  const form = page.split("<form").find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`no form for ${action}`);
  const inputs = form.split("</form>")[0]?.match(/<input type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(inputs.map((input) => [attribute(input, "name"), attribute(input, "value")]));
}

const attribute = (tag: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
