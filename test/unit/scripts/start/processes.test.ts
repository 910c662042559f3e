import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  childrenOf,
  end,
  everyProcess,
  identify,
  isAlive,
  parentOf,
  withEnvironment,
} from "../../../../scripts/start/processes.ts";

const children: ChildProcess[] = [];
async function sleeper(environment: { [name: string]: string } = {}): Promise<number> {
  const script = "process.stdout.write('up'); setInterval(() => {}, 1e6)";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"], env: environment });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid ?? Number.NaN;
}
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function known(pid: number) {
  const found = identify(pid);
  if (found === undefined) throw new Error(`There is no process ${pid}`);
  return found;
}

describe("identify", () => {
  test("a process is its number, its start and its command line", async () => {
    const pid = await sleeper();
    expect(known(pid)).toMatchObject({ pid, command: expect.stringContaining("setInterval") });
    expect(identify(pid)).toEqual(identify(pid));
  });

  test("two processes of one command line are told apart", async () => {
    const [first, second] = [known(await sleeper()), known(await sleeper())];
    expect(first.command).toBe(second.command);
    expect(first).not.toEqual(second);
  });

  test("no process has a number that is not in use", () => {
    expect(identify(2 ** 30)).toBeUndefined();
  });
});

describe("isAlive", () => {
  test("another process under the same number is not the one that was recorded", async () => {
    const found = known(await sleeper());
    expect(isAlive(found)).toBe(true);
    expect(isAlive({ ...found, started: "1" })).toBe(false);
    expect(isAlive({ ...found, command: "another" })).toBe(false);
  });
});

describe("end", () => {
  test("ends exactly the processes named and returns them", async () => {
    const [ended, other] = [known(await sleeper()), known(await sleeper())];
    expect(await end([ended, { ...other, started: "1" }])).toEqual([ended]);
    expect(isAlive(ended)).toBe(false);
    expect(isAlive(other)).toBe(true);
  });

  test("of what is gone nothing is ended", async () => {
    const gone = known(await sleeper());
    await end([gone]);
    expect(await end([gone])).toEqual([]);
  });
});

describe("the family of a process", () => {
  test("a child is among its parent's children, and everyone's", async () => {
    const pid = await sleeper();
    expect(childrenOf(process.pid)).toContainEqual(identify(pid));
    expect(parentOf(pid)).toBe(process.pid);
    expect(everyProcess()).toContainEqual(identify(pid));
  });
});

describe.runIf(process.platform === "linux")("withEnvironment", () => {
  test("finds a process by a whole variable", async () => {
    const pid = await sleeper({ DEPUTE_TEST_MARK: "abc" });
    expect(withEnvironment("DEPUTE_TEST_MARK", "abc").map((found) => found.pid)).toEqual([pid]);
    expect(withEnvironment("DEPUTE_TEST_MARK", "ab")).toEqual([]);
  });
});
