import { describe, expect, test } from "vitest";
import { Duration, durationText } from "../../../src/dashboard/components/duration.tsx";
import { exactNote, Money } from "../../../src/dashboard/components/money.tsx";
import { agoText, Time, utcText } from "../../../src/dashboard/components/time.tsx";
import { Tokens } from "../../../src/dashboard/components/tokens.tsx";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

describe("exactNote", () => {
  test("has the digits that the short form leaves out, nothing when it leaves out none, and says when not all is known", () => {
    expect(exactNote(1_234_567_890)).toBe("$1.23456789");
    expect(exactNote(1_230_000_000)).toBeUndefined();
    expect(exactNote(0)).toBeUndefined();
    expect(exactNote(null)).toBe("not all of it");
  });
});

describe("Money", () => {
  test("says zero as zero and what is not known as unknown", () => {
    expect(drawn(<Money nanos={0} />)).toBe('<data class="money" value="0">$0.00</data>');
    expect(drawn(<Money nanos={null} />)).toBe('<span class="unknown">unknown</span>');
  });

  test("has the exact amount in its title when it is short", () => {
    const markup = drawn(<Money nanos={1_234_567_890} short />);
    expect(markup).toBe('<data class="money" value="1234567890" title="$1.23456789">$1.23</data>');
  });
});

describe("durationText", () => {
  test.each([
    [-5, "0 ms"],
    [0, "0 ms"],
    [999, "999 ms"],
    [1_250, "1.3 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [3_599_600, "1 h 0 min"],
    [11_220_000, "3 h 7 min"],
    [86_400_000 * 4 + 7_200_000, "4 d 2 h"],
  ])("of %i ms is %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe("Duration", () => {
  test("has the machine's form beside that for people, and a dash for what is not known", () => {
    expect(drawn(<Duration ms={1_250} />)).toBe('<time datetime="PT1.250S">1.3 s</time>');
    expect(drawn(<Duration ms={null} />)).toBe('<span class="unknown">–</span>');
  });
});

describe("Time", () => {
  const AT = "2026-11-22T10:30:45.123Z";
  const after = (ms: number) => Date.parse(AT) + ms;

  test("is in UTC", () => {
    expect(utcText(AT)).toBe("2026-11-22 10:30:45 UTC");
    expect(drawn(<Time at={AT} />)).toBe(`<time datetime="${AT}" title="2026-11-22 10:30:45 UTC">2026-11-22 10:30:45 UTC</time>`);
  });

  test.each([
    [0, "just now"],
    [4_999, "just now"],
    [12_400, "12 s ago"],
    [125_000, "2 min ago"],
    [7_300_000, "2 h ago"],
    [86_400_000 * 3, "3 d ago"],
    [86_400_000 * 8, "2026-11-22"],
    [-90_000, "in 1 min"],
  ])("is told %i ms later as %s", (ms, text) => {
    expect(agoText(AT, after(ms))).toBe(text);
  });

  test("is a dash when there is none, and inert when it is no time", () => {
    expect(drawn(<Time at={null} />)).toBe('<span class="unknown">–</span>');
    expectInert(drawn(<Time at={`${HOSTILE}`} />).replace(/>[^<]*<\/time>$/, ""));
    expect(agoText("no time", 0)).toBe("no time");
  });
});

describe("Tokens", () => {
  test("have their thousands apart; zero is zero, and what is not known is said", () => {
    expect(drawn(<Tokens count={1_234_567} />)).toBe('<data value="1234567">1,234,567</data>');
    expect(drawn(<Tokens count={0} />)).toBe('<data value="0">0</data>');
    expect(drawn(<Tokens count={null} />)).toBe('<span class="unknown">unknown</span>');
  });
});
