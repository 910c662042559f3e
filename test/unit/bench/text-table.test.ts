import { expect, test } from "vitest";
import { textTable } from "../../bench/text-table.ts";

test("textTable sets words flush left and numbers flush right", () => {
  expect(
    textTable(
      ["what", "ms"],
      [
        ["accept", 9.239],
        ["fan-out", 12_345],
      ],
    ),
  ).toBe(["what         ms", "-------  ------", "accept     9.24", "fan-out  12,345"].join("\n"));
});

test("textTable of no rows is its head", () => {
  expect(textTable(["a", "b"], [])).toBe("a  b\n-  -");
});
