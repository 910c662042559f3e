import { ANTHROPIC_5 } from "./catalogue/anthropic.ts";
import { ANTHROPIC_4 } from "./catalogue/anthropic-4.ts";
import { GOOGLE_3_4 } from "./catalogue/google.ts";
import { GOOGLE_2 } from "./catalogue/google-2.ts";
import { OPENAI_6 } from "./catalogue/openai.ts";
import { OPENAI_5 } from "./catalogue/openai-5.ts";
import type { CatalogueModel } from "./catalogue-model.ts";

const MODELS: readonly CatalogueModel[] = [...ANTHROPIC_5, ...ANTHROPIC_4, ...OPENAI_6, ...OPENAI_5, ...GOOGLE_3_4, ...GOOGLE_2];

const BY_ID = new Map<string, CatalogueModel>();
for (const model of MODELS) for (const id of [model.id, ...model.aliases]) BY_ID.set(id, model);

/**
 * The model with exactly this vendor id, or that the vendor also calls so. Never by prefix: `claude-sonnet-5-5` is not a
 * `claude-sonnet-5`, and their prices differ.
 */
export const findModel = (id: string): CatalogueModel | undefined => BY_ID.get(id);

/** Every model the catalogue knows, retired ones included, grouped by vendor. */
export const allModels = (): readonly CatalogueModel[] => MODELS;
