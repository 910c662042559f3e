import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../../scripts/start/running.ts";
import { atExit } from "./at-exit.ts";
import { familyCpuMs } from "./process-use.ts";
import { Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** A PostgreSQL of its own, as its packager configures it: every commit is synced to the disk. */
export type Postgres = {
  version: string;
  url: string;
  /** Of the server and all its backends; null where the system does not tell. */
  cpuMs(): number | null;
  stop(): Promise<void>;
};

const HOST = "127.0.0.1";
const DEBIAN_PROGRAMS = "usr/lib/postgresql";
const READY_MS = 30_000;
/** PostgreSQL refuses to run as root: then it is nobody who does. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * Starts the installed PostgreSQL, or the one that Debian's packages hold, on a folder of its own.
 * Throws Unavailable when there is none.
 */
export async function startPostgres(): Promise<Postgres> {
  const { programs, libraries } = installed("/") ?? (await fromPackages());
  const folder = mkdtempSync(join(tmpdir(), "depute-postgres-"));
  const data = join(folder, "data");
  mkdirSync(data);
  if (asNobody.uid !== undefined) for (const owned of [folder, data]) chownSync(owned, NOBODY, NOBODY);
  chmodSync(data, 0o700);
  const options = { ...asNobody, cwd: folder, env: { PATH: process.env.PATH ?? "", LD_LIBRARY_PATH: libraries, LC_ALL: "C" } };
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    await run(join(programs, "initdb"), ["-D", data, "-U", "bench", "--auth=trust", "-E", "UTF8"], options);
    const { stdout: version } = await run(join(programs, "postgres"), ["--version"], options);
    const port = await freePort(HOST, 0);
    const listen = ["-c", `listen_addresses=${HOST}`, "-c", "unix_socket_directories="];
    const server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...listen], {
      ...options,
      stdio: "ignore",
    });
    return await ready(server, port, version.trim(), remove);
  } catch (cause) {
    remove();
    throw new Unavailable("PostgreSQL does not start here", cause);
  }
}

async function ready(server: ChildProcess, port: number, version: string, remove: () => void): Promise<Postgres> {
  const exited = once(server, "exit");
  const end = atExit(() => {
    server.kill("SIGQUIT");
    remove();
  });
  await accepting(port, exited);
  return {
    version,
    url: `postgres://bench@${HOST}:${port}/postgres`,
    cpuMs: () => familyCpuMs(server.pid ?? Number.NaN),
    async stop() {
      server.kill("SIGINT");
      await exited;
      remove();
      end.done();
    },
  };
}

/** Waits until the server takes connections. */
async function accepting(port: number, exited: Promise<unknown>): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let ended = false;
  void exited.then(() => (ended = true));
  while (!ended && Date.now() < deadline) {
    const socket = connect(port, HOST);
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error(ended ? "it ended at once" : `it took no connection for ${READY_MS / 1_000} s`);
}

type Installed = { programs: string; libraries: string };

/** Where a PostgreSQL is below `root`; the newest. */
function installed(root: string): Installed | undefined {
  const parent = join(root, DEBIAN_PROGRAMS);
  if (!existsSync(parent)) return undefined;
  const versions = readdirSync(parent).sort((left, right) => Number(right) - Number(left));
  const [programs] = versions.map((version) => join(parent, version, "bin")).filter((bin) => existsSync(join(bin, "initdb")));
  return programs === undefined
    ? undefined
    : { programs, libraries: join(root, "usr/lib", `${process.arch === "x64" ? "x86_64" : "aarch64"}-linux-gnu`) };
}

/** Unpacks Debian's packages without installing them: no root, and nothing else of the machine changes. */
async function fromPackages(): Promise<Installed> {
  const folder = join(tmpdir(), "depute-bench-packages", "postgresql");
  mkdirSync(folder, { recursive: true });
  const kept = installed(folder);
  if (kept !== undefined) return kept;
  try {
    const { stdout } = await run("apt-cache", ["depends", "--important", "postgresql"]);
    const [server] = /postgresql-\d+/.exec(stdout) ?? [];
    if (server === undefined) throw new Error("apt-cache knows no postgresql");
    await run("apt-get", ["download", server, "libpq5"], { cwd: folder });
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb")))
      await run("dpkg", ["-x", file, "."], { cwd: folder });
    const found = installed(folder);
    if (found === undefined) throw new Error(`${server} has no initdb`);
    return found;
  } catch (cause) {
    throw new Unavailable("PostgreSQL is not installed, and its Debian packages cannot be had", cause);
  }
}
