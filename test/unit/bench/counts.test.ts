import { expect, test } from "vitest";
import { kindOfKey, kindOfStatement, noCounts, perDelegation, sumOf } from "../../bench/counts.ts";

test.each([
  ['insert into "delegations" ("workspace") values (?) on conflict', "insert delegations"],
  ['\n  select count(*) from "attempts" where 1', "select attempts"],
  ["UPDATE delegations SET a = 1", "update delegations"],
  ["PRAGMA x", "pragma ?"],
  ["", "? ?"],
])("kindOfStatement(%j) is %s", (text, kind) => {
  expect(kindOfStatement(text)).toBe(kind);
});

test("kindOfKey leaves numbers out", () => {
  expect([kindOfKey("log/000000000001"), kindOfKey("state")]).toEqual(["log", "state"]);
});

test("perDelegation divides every count", () => {
  const counts = {
    ...noCounts(),
    workerRequests: 4,
    alarms: 2,
    objectCalls: { start: 4 },
    rowsWritten: { spec: 4, log: 5 },
    otherRows: { ledger: 8 },
  };
  const each = perDelegation(counts, 4);
  expect(each).toEqual({
    ...noCounts(),
    workerRequests: 1,
    alarms: 0.5,
    objectCalls: { start: 1 },
    rowsWritten: { spec: 1, log: 1.25 },
    otherRows: { ledger: 2 },
  });
  expect(sumOf(each.rowsWritten)).toBe(2.25);
});
