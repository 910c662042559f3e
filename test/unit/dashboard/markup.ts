import { expect } from "vitest";

/** Text that would be markup, a script or the end of an attribute anywhere it is not escaped. */
export const HOSTILE = `</title><script>alert(1)</script>"><img src=x onerror='alert(2)'>&lt;`;

/** What a component draws. */
export const drawn = (element: { toString(): string | Promise<string> }): string => String(element.toString());

/** Fails when hostile text stands in the markup as anything but text. */
export function expectInert(markup: string): void {
  expect(markup).not.toMatch(/<script|<img|onerror='/);
  expect(markup).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;&amp;lt;");
}
