import type { BrowserContext, ConsoleMessage, Page, Request } from "playwright-core";

type Options = {
  /** The only address that pages may ask anything of. */
  origin: string;
  /** Whether connections may be lost, because the test ends the server. */
  losesServer: boolean;
};

/** What must never happen on a page of ours, noted as it happens. A refusal that is itself a page (402, 404 …) is no fault. */
export class PageFaults {
  readonly #options: Options;
  readonly #seen: string[] = [];
  readonly #refusals = new Set<string>();
  readonly #unloaded: { url: string; fault: string }[] = [];

  constructor(context: BrowserContext, options: Options) {
    this.#options = options;
    context.on("page", (page) => this.#watch(page));
    context.on("request", (request) => this.#checkTarget(request));
    context.on("console", (message) => this.#checkMessage(message));
    context.on("requestfailed", (request) => this.#checkFailure(request));
    context.on("response", (response) => {
      const { url, status, isPage } = {
        url: response.url(),
        status: response.status(),
        isPage: isNavigation(response.request()),
      };
      if (status >= 400 && status < 500 && isPage) this.#refusals.add(url);
      else if (status >= 400) this.#seen.push(`${status} from ${url}`);
    });
  }

  /** All faults so far, in words. */
  list(): string[] {
    const unloaded = this.#unloaded.filter(({ url }) => !this.#refusals.has(url)).map(({ fault }) => fault);
    return [...this.#seen, ...unloaded];
  }

  #watch(page: Page): void {
    page.on("pageerror", (error) => this.#seen.push(`error on the page: ${error.stack ?? error.message}`));
    page.on("crash", () => this.#seen.push("the page crashed"));
    page.on("dialog", (dialog) => {
      this.#seen.push(`${dialog.type()} dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  #checkTarget(request: Request): void {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "about:" && origin !== this.#options.origin) this.#seen.push(`request to ${request.url()}`);
  }

  #checkMessage(message: ConsoleMessage): void {
    if (message.type() !== "error") return;
    const [text, url] = [message.text(), message.location().url];
    if (this.#options.losesServer && text.includes("net::ERR_")) return;
    const fault = `console: ${text} (${url})`;
    if (text.startsWith("Failed to load resource")) this.#unloaded.push({ url, fault });
    else this.#seen.push(fault);
  }

  /** What a page leaves behind when it goes is aborted, and no fault. */
  #checkFailure(request: Request): void {
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED" && !this.#options.losesServer) this.#seen.push(`${reason} from ${request.url()}`);
  }
}

const isNavigation = (request: Request): boolean => request.isNavigationRequest();
