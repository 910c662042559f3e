import { describe, expect, test } from "vitest";
import type { Command } from "../../../src/cli/command.ts";
import { commandLine } from "../../../src/cli/command-line.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { commandHelp, overview } from "../../../src/cli/help.ts";
import { UsageError } from "../../../src/cli/usage-error.ts";

const read = (...argv: string[]) => commandLine(argv, COMMANDS);
const given = (...argv: string[]) => {
  const line = read(...argv);
  if (line.kind !== "command") throw new Error(`It is ${line.kind}`);
  return line.given;
};

describe("a command line", () => {
  test("has the longest command that its first words name", () => {
    expect(read("models")).toMatchObject({ kind: "command", name: "models" });
    expect(read("models", "select")).toMatchObject({ kind: "command", name: "models select" });
    expect(read("flow", "consensus", "Why?")).toMatchObject({ name: "flow consensus", given: { words: ["Why?"] } });
  });

  test("has flags before, between and after its words, and takes what follows -- for words", () => {
    const score = given("score", "--json", "id", "0.5", "--url", "http://h");
    expect([score.words, score.flag("json"), score.text("url")]).toEqual([["id", "0.5"], true, "http://h"]);
    expect(given("run", "--", "--not-a-flag").words).toEqual(["--not-a-flag"]);
  });

  test("asks for help and the version", () => {
    expect(read("--help")).toEqual({ kind: "help" });
    expect(read("help")).toEqual({ kind: "help" });
    expect(read("run", "--help")).toEqual({ kind: "help", name: "run" });
    expect(read("--version")).toEqual({ kind: "version" });
  });

  test.each([
    [[], "There is no command"],
    [["walk"], 'There is no command "walk"'],
    [["toString"], 'There is no command "toString"'],
    [["flow"], "flow consensus, flow chain, flow improve, flow decompose"],
    [["flow", "walk"], 'There is no "flow walk"'],
    [["run"], "It lacks something: depute run"],
    [["run", "a", "b"], '"b" is too much'],
    [["run", "a", "--speed", "9"], "--speed"],
    [["run", "a", "--model"], "--model"],
    [["run", "a", "--json=yes"], "--json"],
  ])("%j is refused", (argv, said) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(said);
  });
});

describe("what was given", () => {
  test("is a number, or refused by its flag", () => {
    expect(given("run", "a", "--temperature", "0.5").number("temperature")).toBe(0.5);
    expect(given("run", "a").number("temperature")).toBeUndefined();
    for (const text of ["warm", " ", "Infinity"])
      expect(() => given("run", "a", "--temperature", text).number("temperature")).toThrow(/^--temperature must be a number/);
  });

  test("is a list without empty entries", () => {
    expect(given("costs", "--by", "model, provider").list("by")).toEqual(["model", "provider"]);
    expect(() => given("costs", "--by", "model,").list("by")).toThrow("--by has an empty entry");
    expect(() => given("costs", "--by", "").list("by")).toThrow("--by must not be empty");
  });

  test("is a constant of the API in any case", () => {
    expect(given("run", "a", "--task-type", "code-review").constant("task-type")).toBe("CODE_REVIEW");
  });

  test("is pairs, whose values may hold an equals sign", () => {
    const pairs = given("run", "a", "--property", "team=core", "--property", "formula=a=b").pairs("property");
    expect(pairs).toEqual({ team: "core", formula: "a=b" });
    expect(given("run", "a").pairs("property")).toBeUndefined();
    expect(() => given("run", "a", "--property", "team").pairs("property")).toThrow('--property takes NAME=VALUE, not "team"');
  });
});

describe("the help", () => {
  test("names every command with what it is for", () => {
    const text = overview(COMMANDS);
    for (const [name, { summary }] of Object.entries(COMMANDS)) expect(text).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  });

  test.each(Object.entries(COMMANDS))(
    "of %s names each of its flags, and those that all have",
    (name: string, command: Command) => {
      const text = commandHelp(name, command);
      expect(text.split("\n")[0]).toBe(`Usage: depute ${name} ${command.usage}`.trimEnd());
      for (const flag of [...Object.keys(command.options), "url", "key", "json", "help"])
        expect(text).toMatch(new RegExp(`^  --${flag}\\b`, "m"));
    },
  );
});
