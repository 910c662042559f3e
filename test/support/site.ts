import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { CHROMIUM_ARGS, chromium as program } from "../../scripts/screens/chromium.ts";
import { E2eServer } from "./e2e-server.ts";
import { PageFaults } from "./page-faults.ts";
import { ADMIN_KEY } from "./simulated-vendors.ts";

export type VisitOptions = BrowserContextOptions & {
  /** Who is signed in, by the key; null: nobody. Default: the owner. */
  key?: string | null;
  /** Whether the test ends the server under the page. */
  losesServer?: boolean;
};

/** A server as users run it, and a browser that looks at its pages. */
export class Site implements AsyncDisposable {
  readonly server: E2eServer;
  readonly #browser: Browser;
  readonly #visits: { context: BrowserContext; faults: PageFaults }[] = [];
  readonly #sessions = new Map<string, Promise<{ cookies: Awaited<ReturnType<BrowserContext["cookies"]>>; origins: [] }>>();

  private constructor(server: E2eServer, browser: Browser) {
    this.server = server;
    this.#browser = browser;
  }

  static async start(settings: { [name: string]: string } = {}): Promise<Site> {
    const server = await E2eServer.start(settings);
    try {
      return new Site(server, await chromium.launch({ executablePath: program(), args: CHROMIUM_ARGS }));
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A page of a browser that has never been here, but for the session of who is signed in. */
  async visit({ key = ADMIN_KEY, losesServer = false, ...options }: VisitOptions = {}): Promise<Page> {
    const session = key === null ? {} : { storageState: await this.#session(key) };
    const context = await this.#browser.newContext({ baseURL: this.server.url, ...session, ...options });
    context.setDefaultTimeout(60_000);
    this.#visits.push({ context, faults: new PageFaults(context, { origin: this.server.url, losesServer }) });
    return context.newPage();
  }

  /** Ends all visits of a test, which must have met no fault: no error, no refused or foreign request, no breach of the policy. */
  async endVisits(): Promise<void> {
    const ended = this.#visits.splice(0);
    for (const { context } of ended) await context.close();
    expect(ended.flatMap(({ faults }) => faults.list())).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.server[Symbol.asyncDispose]();
  }

  #session(key: string) {
    const session = this.#sessions.get(key) ?? this.#signIn(key);
    this.#sessions.set(key, session);
    return session;
  }

  async #signIn(key: string) {
    const context = await this.#browser.newContext({ baseURL: this.server.url });
    await signIn(await context.newPage(), key);
    const cookies = await context.cookies();
    await context.close();
    return { cookies, origins: [] as [] };
  }
}

/** Signs in as people do. Resolves on the page that follows. */
export async function signIn(page: Page, key: string): Promise<void> {
  if (!page.url().includes("/sign-in")) await page.goto("/sign-in");
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}
