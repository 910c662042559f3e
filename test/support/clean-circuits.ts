import { evictDurableObject, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach } from "vitest";
import { forgetCircuits } from "../../src/circuits/known-circuits.ts";

// All tests delegate to the same models, and what one of them did to a vendor is not the next one's weather.
beforeEach(async () => {
  forgetCircuits();
  const ids = await listDurableObjectIds(env.CIRCUITS);
  for (const id of ids) {
    const stub = env.CIRCUITS.get(id);
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAll());
    await evictDurableObject(stub);
  }
});
