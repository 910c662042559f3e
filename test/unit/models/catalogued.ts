import { findModel } from "../../../src/models/catalogue.ts";
import type { CatalogueModel } from "../../../src/models/catalogue-model.ts";
import type { Usage } from "../../../src/providers/provider.ts";

/** The catalogue's model of that id. Throws when there is none: then the test itself is wrong. */
export function catalogued(id: string): CatalogueModel {
  const model = findModel(id);
  if (model === undefined) throw new Error(`the catalogue has no ${id}`);
  return model;
}

/** Noon UTC of a day. */
export const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

/** Counts with everything that is not given at zero. */
export const counts = (given: {
  input?: number;
  cached?: number;
  written?: number;
  output?: number;
  thinking?: number;
}): Usage => ({
  input_tokens: given.input ?? 0,
  cached_input_tokens: given.cached ?? 0,
  cache_write_input_tokens: given.written ?? 0,
  output_tokens: given.output ?? 0,
  reasoning_output_tokens: given.thinking ?? 0,
});
