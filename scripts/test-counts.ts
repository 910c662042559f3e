import type { Reporter, TestModule } from "vitest/node";

type Count = { passed: number; failed: number; skipped: number };

/**
 * Says at the very end how many tests of each project passed and failed, and the sum alone on the last line. A test that was
 * not run to its end, a file that could not be loaded and an error outside of any test count as failed.
 */
export default class TestCounts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const lines = countLines(modules, errors.length);
    process.once("exit", () => console.log(`\n${lines.join("\n")}`));
  }
}

/** One line for each project, one for errors outside of tests if there were any, and the total. */
export function countLines(modules: readonly TestModule[], errors: number): string[] {
  const projects = new Map<string, Count>();
  for (const module of modules) {
    const count = projects.get(module.project.name) ?? { passed: 0, failed: 0, skipped: 0 };
    projects.set(module.project.name, count);
    add(count, module);
  }
  const total: Count = { passed: 0, failed: errors, skipped: 0 };
  for (const count of projects.values()) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  return [
    ...[...projects].map(([name, count]) => `${name}: ${inWords(count)}`),
    ...(errors === 0 ? [] : [`outside of tests: ${errors} failed`]),
    inWords(total),
  ];
}

function add(count: Count, module: TestModule): void {
  let failedTests = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") count.passed += 1;
    else if (state === "skipped") count.skipped += 1;
    else failedTests += 1;
  }
  const failedOutside = module.state() === "failed" && failedTests === 0;
  count.failed += failedOutside ? 1 : failedTests;
}

function inWords({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
