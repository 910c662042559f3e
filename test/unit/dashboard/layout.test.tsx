import { describe, expect, test } from "vitest";
import { DeputeError } from "../../../src/client/depute-error.ts";
import { document } from "../../../src/dashboard/document.tsx";
import { Layout, Problem } from "../../../src/dashboard/layout.tsx";
import { signInPage } from "../../../src/dashboard/sign-in-page.tsx";
import type { Visit } from "../../../src/dashboard/visit.ts";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const visit = (fields: object = {}) =>
  ({
    ...{ caller: { workspace: "w", key: "ci" }, url: new URL("https://depute.test/delegations/x?a=1"), token: "token" },
    ...{ simulated: false, refused: undefined, ...fields },
  }) as unknown as Visit;
const NAV = [
  { path: "/", nav: "Overview" },
  { path: "/delegations", nav: "Delegations" },
];
/** A whole document without the one script that it has. */
const whole = (markup: unknown): string => String(markup).replace('<script type="module" src="/app.js"></script>', "");
const page = (fields?: object) => drawn(<Layout visit={visit(fields)} nav={NAV} title={HOSTILE} />);

describe("what is around a page", () => {
  test("shows names and titles as text", () => {
    expectInert(page({ caller: { workspace: HOSTILE, key: HOSTILE } }));
    expectInert(whole(document(HOSTILE, null, `/x?${HOSTILE}`)));
  });

  test("marks the page that is shown, or that it belongs to", () => {
    expect(page()).toContain('<a href="/delegations" aria-current="page">');
    expect(page()).not.toContain('<a href="/" aria-current');
  });

  test("says so when the vendors are simulated, and only then", () => {
    expect(page({ simulated: true })).toContain("simulated");
    expect(page()).not.toContain("simulated");
  });

  test("says which page it is, for what asks for it again", () => {
    expect(page()).toContain('data-page="/delegations/x?a=1"');
  });
});

describe("a problem", () => {
  test("is told with its fields, its code and the request's id, as text", () => {
    const error = new DeputeError("invalid_request", HOSTILE, {
      fields: [{ path: HOSTILE, message: HOSTILE }],
      requestId: "r-1",
    });
    const told = drawn(<Problem error={error} />);
    expectInert(told);
    expect(told).toContain("<code>invalid_request</code>");
    expect(told).toContain("<code>r-1</code>");
  });
});

describe("the page to sign in on", () => {
  test("keeps where to go next, as text", () => {
    expectInert(whole(signInPage({ next: `/?${HOSTILE}`, hasSecret: true, simulated: false })));
  });

  test("without a secret says how to set it, and asks for no key", () => {
    const told = String(signInPage({ next: "/", hasSecret: false, simulated: false }));
    expect(told).toContain("DEPUTE_SECRET");
    expect(told).not.toContain("<form");
  });
});
