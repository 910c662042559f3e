const pending = new Set<() => void>();
let armed = false;

/** Has `cleanup` run when this process ends before `done` was called: also by a signal, so that nothing is left behind. */
export function atExit(cleanup: () => void): { done(): void } {
  if (!armed) {
    armed = true;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
    process.once("exit", () => {
      for (const late of pending) late();
    });
  }
  pending.add(cleanup);
  return { done: () => void pending.delete(cleanup) };
}
