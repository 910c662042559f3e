import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/**
 * Starts a process of its own session that does nothing until this one is gone, however it went, and then ends what it left
 * running. A shell waits at the end of a pipe that only we hold open, so it costs next to nothing and acts at once.
 */
export function startWatchdog(state: string, run: string): { stop(): void } {
  let watchdog: ChildProcess;
  let stopped = false;
  const watch = () => {
    if (stopped) return;
    const reaper = join(import.meta.dirname, "reap.ts");
    watchdog = spawn("/bin/sh", ["-c", 'read -r line; exec "$0" "$@"', process.execPath, reaper, state, run], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env.PATH },
    });
    watchdog.on("exit", watch);
    watchdog.unref();
  };
  watch();
  return {
    stop() {
      stopped = true;
      watchdog.kill("SIGKILL");
    },
  };
}
