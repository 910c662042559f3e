import { claudeProvider } from "../../src/providers/claude.ts";
import { codexProvider } from "../../src/providers/codex.ts";
import { compatibleProvider } from "../../src/providers/compatible.ts";
import { geminiProvider } from "../../src/providers/gemini.ts";
import type { StreamingProvider } from "../../src/providers/provider.ts";

export const VENDOR_NAMES = ["claude", "codex", "gemini", "compatible"] as const;
export type VendorName = (typeof VENDOR_NAMES)[number];

/** One value for every vendor, and others for those that differ. */
export type ByVendor<T> = { all: T } & { readonly [vendor in VendorName]?: T };

export const valueFor = <T>(values: ByVendor<T>, vendor: VendorName): T => values[vendor] ?? values.all;

export const API_KEY = "contract-key";

/** The adapter of a vendor that is simulated at `url`. */
export function providerOf(vendor: VendorName, url: string): StreamingProvider {
  switch (vendor) {
    case "claude":
      return claudeProvider({ apiKey: API_KEY, baseUrl: url });
    case "codex":
      return codexProvider({ apiKey: API_KEY, baseUrl: `${url}/v1` });
    case "gemini":
      return geminiProvider({ apiKey: API_KEY, baseUrl: url });
    case "compatible":
      return compatibleProvider({ api_key: API_KEY, base_url: `${url}/v1`, models: {} });
  }
}
