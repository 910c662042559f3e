import { describe, expect, test } from "vitest";
import { Journal } from "../../../simulator/journal.ts";
import type { JournalEntry } from "../../../simulator/scenario.ts";

const arrive = (journal: Journal, prompt = "p", bytes = 10): JournalEntry =>
  journal.arrive({ vendor: "anthropic", method: "POST", path: "/v1/messages", model: "m", prompt, body: {}, headers: {} }, bytes);

describe("Journal", () => {
  test("numbers entries in the order of arrival", () => {
    const journal = new Journal();
    arrive(journal, "a");
    arrive(journal, "b");
    expect(journal.entries().map(({ number, prompt }) => [number, prompt])).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    expect(journal.entries(1).map(({ prompt }) => prompt)).toEqual(["b"]);
  });

  test("counts what is in flight, and the most that ever was", () => {
    const journal = new Journal();
    const first = arrive(journal);
    const second = arrive(journal);
    journal.end(first, "answered");
    arrive(journal);
    journal.end(second, "aborted");
    expect(journal.stats()).toEqual({ in_flight: 1, max_in_flight: 2, total: 3 });
  });

  test("ends an entry once", () => {
    const journal = new Journal();
    const entry = arrive(journal);
    journal.end(entry, "broken");
    journal.end(entry, "answered");
    expect(entry).toMatchObject({ ended_by: "broken", ended_at: expect.any(Number) });
    expect(journal.stats().in_flight).toBe(0);
  });

  test("keeps the newest 20,000 entries", () => {
    const journal = new Journal();
    for (let count = 0; count < 45_000; count++) journal.end(arrive(journal), "answered");
    const numbers = journal.entries().map(({ number }) => number);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([20_000, 25_001, 45_000]);
    expect(journal.stats().total).toBe(45_000);
  });

  test("keeps no more than 64 MiB of bodies, but always the newest entry", () => {
    const journal = new Journal();
    for (let count = 0; count < 5; count++) arrive(journal, String(count), 20 * 1024 * 1024);
    expect(journal.entries().map(({ prompt }) => prompt)).toEqual(["2", "3", "4"]);
    arrive(journal, "huge", 100 * 1024 * 1024);
    expect(journal.entries().map(({ prompt }) => prompt)).toEqual(["huge"]);
  });

  test("still counts what is in flight after a reset", () => {
    const journal = new Journal();
    const entry = arrive(journal);
    journal.reset();
    expect(journal.entries()).toEqual([]);
    expect(journal.stats()).toEqual({ in_flight: 1, max_in_flight: 1, total: 0 });
    journal.end(entry, "answered");
    arrive(journal);
    expect(journal.entries().map(({ number }) => number)).toEqual([2]);
    expect(journal.stats()).toEqual({ in_flight: 1, max_in_flight: 1, total: 1 });
  });
});
