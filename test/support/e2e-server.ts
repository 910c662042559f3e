import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, type ProcessIdentity } from "../../scripts/start/processes.ts";
import { type Simulator, startSimulator } from "../../simulator/simulator.ts";
import { E2eClient } from "./e2e-client.ts";
import { ADMIN_KEY, simulatedVendors } from "./simulated-vendors.ts";
import { recordedChildren, type StartProcess, startProcess } from "./start-process.ts";

const GONE_MS = 60_000;

/**
 * The server as a user runs it: a process with its own state folder, which can be killed and started again on the same port.
 * Its vendors are a simulator in the test's own process, so that their journal tells what happened across the kills.
 */
export class E2eServer implements AsyncDisposable {
  readonly simulator: Simulator;
  readonly state = mkdtempSync(join(tmpdir(), "depute-e2e-"));
  readonly client = new E2eClient(() => this.url, ADMIN_KEY);
  readonly #settings: { [name: string]: string };
  readonly #started: StartProcess[] = [];
  #url = "";

  private constructor(simulator: Simulator, settings: { [name: string]: string }) {
    this.simulator = simulator;
    this.#settings = { ...simulatedVendors(simulator.url), ...settings };
  }

  /** Starts the vendors and the server on a fresh state; `settings` replace those of the simulated vendors. */
  static async start(settings: { [name: string]: string } = {}): Promise<E2eServer> {
    const server = new E2eServer(await startSimulator(), settings);
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** Everything that the server printed in all its lives. */
  get output(): string {
    return this.#started.map((started) => started.output()).join("");
  }

  /** Starts the server, again on its state and its port. Resolves when it is ready, with the time at which it was. */
  async start({ npm = false } = {}): Promise<number> {
    const port = this.#url === "" ? 0 : Number(new URL(this.#url).port);
    const started = startProcess({ state: this.state, port, npm, args: ["--no-simulator"], settings: this.#settings });
    this.#started.push(started);
    this.#url = await started.ready;
    return Date.now();
  }

  /** `kill -9` of the process that a user sees; resolves when its workerd is gone as well. */
  async kill(): Promise<void> {
    const runtimes = recordedChildren(this.state);
    this.#current.kill("SIGKILL");
    await this.#current.exited;
    await gone(runtimes);
  }

  /** `kill -9` of workerd alone; resolves when the server answers again, with the time at which it did. */
  async killRuntime(): Promise<number> {
    const [runtime] = recordedChildren(this.state);
    if (runtime === undefined) throw new Error("No workerd is on record");
    process.kill(runtime.pid, "SIGKILL");
    await gone([runtime]);
    await this.client.healthy();
    return Date.now();
  }

  async stop(): Promise<void> {
    this.#current.kill("SIGTERM");
    await this.#current.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const started of this.#started) {
      started.kill("SIGTERM");
      await started.exited;
    }
    await this.simulator.stop();
    rmSync(this.state, { recursive: true, force: true, maxRetries: 5 });
  }

  get #current(): StartProcess {
    const current = this.#started.at(-1);
    if (current === undefined) throw new Error("The server was never started");
    return current;
  }
}

async function gone(processes: ProcessIdentity[]): Promise<void> {
  for (const giveUpAt = Date.now() + GONE_MS; processes.some(isAlive); ) {
    if (Date.now() > giveUpAt) throw new Error(`Still alive: ${processes.map(({ command }) => command)}`);
    await sleep(10);
  }
}
