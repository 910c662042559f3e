import { chromium } from "../../scripts/screens/chromium.ts";

/** Global setup of the tests in a browser: there is one, or the run says how to come by it. */
export function setup(): void {
  chromium();
}
