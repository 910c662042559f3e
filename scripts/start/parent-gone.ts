import { identify, isAlive, parentOf } from "./processes.ts";

const CHECK_MS = 500;

/**
 * Calls `onGone` once when npm, which started us, is gone without a word (killed). Run without npm it does nothing: a start
 * put in the background outlives the shell it was typed in.
 */
export function watchNpm(environment: NodeJS.ProcessEnv, onGone: () => void): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const starters = [parent, parentOf(parent)].flatMap((pid) => (pid !== undefined && pid > 1 ? (identify(pid) ?? []) : []));
  const npm = starters.find(({ command }) => /\bnpm\b/.test(command));
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS);
  timer.unref();
}
