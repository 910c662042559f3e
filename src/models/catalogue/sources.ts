/** Where catalogue facts come from, and how far prices are confirmed. Pages were read on or before 2026-11-22. */
export const PI_AI = "npm:@earendil-works/pi-ai@1.5.2 (2026-11-10, MIT)";
export const GENAI_PRICES = "npm:@pydantic/genai-prices@0.1.8 (2026-09-23, MIT)";
export const OPENAI_SDK = "openai 7.57.0 resources/shared.d.ts";
export const CLAUDIT = "https://github.com/kurofune/claudit/releases/tag/v1.9.2";
export const MODEL_EOL_OPENAI = "github:thossullivan/model-eol feeds/openai.json 2026-08-18";
export const GOOGLE_DEPRECATIONS = "https://dev.to/aideprecations/... (quotes Google deprecations page read 2026-11-10)";

export const TWO_CATALOGUES = "high: two npm catalogues agree (may share upstream data)";
export const CATALOGUE_AND_PAGE = "medium: one catalogue + third-party page";
export const CATALOGUE_AND_VENDOR = "high: catalogue + vendor page";
export const VENDOR_PAGE = "high: vendor page";
export const THIRD_PARTY_PAGES = "medium: several third-party pages agree";
export const SINGLE_PAGE = "low: single third-party page or none";
export const ONE_CATALOGUE = "medium: one catalogue";
