import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "../../scripts/start/processes.ts";
import { SETTING_NAMES } from "../../scripts/start/settings.ts";

const root = join(import.meta.dirname, "../..");

/** No setting of the machine or of a `.dev.vars` reaches the server: a test never talks to a real vendor. */
const NO_SETTINGS = Object.fromEntries(SETTING_NAMES.map((name) => [name, ""]));

export type StartProcess = {
  pid: number;
  state: string;
  /** What it printed so far, both streams. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  /** The address of its ready line. Rejects with all it printed when it ends first. */
  ready: Promise<string>;
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void;
};

export type StartProcessOptions = {
  state: string;
  port?: number;
  args?: string[];
  settings?: { [name: string]: string };
  /** Start it as people do, with npm as the process that they see. */
  npm?: boolean;
};

/** Runs `npm start`'s program as a process of its own on a free port. */
export function startProcess(options: StartProcessOptions): StartProcess {
  const args = ["--port", String(options.port ?? 0), "--state", options.state, ...(options.args ?? [])];
  const [program, first] = options.npm === true ? ["npm", ["start", "--"]] : [process.execPath, ["scripts/start.ts"]];
  const { npm_lifecycle_event: _, ...environment } = process.env;
  const child = spawn(program, [...first, ...args], {
    cwd: root,
    env: { ...environment, ...NO_SETTINGS, ...options.settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const exited = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return {
    pid: child.pid ?? Number.NaN,
    state: options.state,
    output: () => printed,
    exited,
    ready: readyLine(child, exited, () => printed),
    kill: (signal) => child.kill(signal),
  };
}

function readyLine(child: ChildProcess, exited: Promise<unknown>, printed: () => string): Promise<string> {
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const [, url] = /^depute is ready on (\S+)$/m.exec(printed()) ?? [];
      if (url !== undefined) resolve(url);
    });
    void exited.then((code) => reject(new Error(`It ended (${code}) before it was ready:\n${printed()}`)));
  });
  ready.catch(() => undefined);
  return ready;
}

/** The processes on record in a state folder that are alive: workerd. */
export function recordedChildren(state: string): ProcessIdentity[] {
  const { children } = JSON.parse(readFileSync(join(state, "processes.json"), "utf8")) as { children: ProcessIdentity[] };
  return children.filter(({ pid }) => identify(pid) !== undefined);
}

/** The owner key that a start without DEPUTE_ADMIN_KEY made in its state folder. */
export function keyOf(state: string): string {
  return readFileSync(join(state, "admin-key"), "utf8").trim();
}

/** Folders and processes of one test file, all gone after `clean`. */
export class StartProcesses {
  readonly #folders: string[] = [];
  readonly #processes: StartProcess[] = [];

  state(): string {
    const folder = mkdtempSync(join(tmpdir(), "depute-state-"));
    this.#folders.push(folder);
    return folder;
  }

  start(options: Partial<StartProcessOptions> = {}): StartProcess {
    const started = startProcess({ ...options, state: options.state ?? this.state() });
    this.#processes.push(started);
    return started;
  }

  async clean(): Promise<void> {
    for (const started of this.#processes.splice(0)) {
      started.kill("SIGTERM");
      await started.exited;
    }
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
