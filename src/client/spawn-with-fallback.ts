import type { SpawnResult } from "./spawn.ts";
import { SpawnFailedError } from "./spawn-failed-error.ts";

type Spawn = () => Promise<SpawnResult>;

/**
 * The first result that is a success, each next one being spawned when the one before has failed. Throws SpawnFailedError
 * when none is. (`fallbacks` of one delegation do the same on the server, where it outlives the caller.)
 */
export async function spawnWithFallback(primary: Spawn, ...fallbacks: readonly Spawn[]): Promise<SpawnResult> {
  const failed: SpawnResult[] = [];
  for (const spawn of [primary, ...fallbacks]) {
    const result = await spawn();
    if (result.success) return result;
    failed.push(result);
  }
  throw new SpawnFailedError("All spawners failed.", failed);
}
