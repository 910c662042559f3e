import { describe, expect, test } from "vitest";
import { type GraphStep, StepGraph } from "../../../src/dashboard/components/step-graph.tsx";
import { columnsOf, NODE, stepLayout } from "../../../src/dashboard/components/step-layout.ts";
import { drawn, expectInert, HOSTILE } from "./markup.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));
const shape = (pattern: string, names: string[]) =>
  columnsOf(pattern, named(...names)).map((column) => column.map(({ name }) => name));

describe("columnsOf", () => {
  test("puts the steps of a chain one after another, whatever they are called", () => {
    expect(shape("chain", ["outline", "part-0", "part-1"])).toEqual([["outline"], ["part-0"], ["part-1"]]);
  });

  test("puts the members of a panel side by side before their judge", () => {
    expect(shape("consensus", ["member-0", "member-1", "member-2", "judge"])).toEqual([
      ["member-0", "member-1", "member-2"],
      ["judge"],
    ]);
  });

  test("shows a consensus that asks until it agrees in its rounds", () => {
    expect(shape("consensus", ["member-0", "member-1", "judge-2", "member-2", "judge-3"])).toEqual([
      ["member-0", "member-1"],
      ["judge-2"],
      ["member-2"],
      ["judge-3"],
    ]);
  });

  test("shows the cycles of an improvement one after another", () => {
    const names = ["draft", "review-0", "improvement-cycle-0", "review-1", "improvement-cycle-1"];
    expect(shape("improve", names)).toEqual(names.map((name) => [name]));
  });

  test("puts the parts of a plan side by side between plan and synthesis, a repaired plan too", () => {
    expect(shape("decompose", ["plan", "plan-repair", "part-0", "part-1", "synthesis"])).toEqual([
      ["plan"],
      ["plan-repair"],
      ["part-0", "part-1"],
      ["synthesis"],
    ]);
  });

  test("knows no pattern by a name that every object has", () => {
    expect(shape("constructor", ["a", "b"])).toEqual([["a"], ["b"]]);
  });
});

describe("stepLayout", () => {
  test("leads from every step of a column to every step of the next", () => {
    const { edges, nodes } = stepLayout("decompose", named("plan", "part-0", "part-1", "part-2", "synthesis"));
    expect(nodes).toHaveLength(5);
    expect(edges).toHaveLength(3 + 3);
    for (const { fromX, toX } of edges) expect(toX - fromX).toBe(NODE.gapX);
  });

  test("keeps all nodes apart and inside the drawing", () => {
    const { nodes, width, height } = stepLayout("consensus", named("member-0", "member-1", "member-2", "judge"));
    for (const [index, { x, y }] of nodes.entries()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + NODE.width).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + NODE.height).toBeLessThanOrEqual(height);
      for (const other of nodes.slice(index + 1)) {
        const apart = Math.abs(other.x - x) >= NODE.width || Math.abs(other.y - y) >= NODE.height;
        expect(apart).toBe(true);
      }
    }
  });

  test("centres a column that is shorter than another", () => {
    const [top, bottom, judge] = stepLayout("consensus", named("member-0", "member-1", "judge")).nodes;
    expect(judge?.y).toBe(((top?.y ?? 0) + (bottom?.y ?? 0)) / 2);
  });

  test("of one step is one node, of none an empty drawing", () => {
    expect(stepLayout("chain", named("only"))).toMatchObject({ edges: [], width: NODE.width + 2 * NODE.margin });
    expect(stepLayout("chain", [])).toEqual({ width: 16, height: 16, nodes: [], edges: [] });
  });
});

describe("StepGraph", () => {
  const step = (name: string, over: Partial<GraphStep> = {}): GraphStep => ({
    ...{ name, status: "completed", model: "gpt-5", tokensUsed: 1_234, costNanos: 4_000_000, href: `/delegations/f.${name}` },
    ...over,
  });
  const graph = (pattern: string, steps: GraphStep[]) => drawn(<StepGraph id="steps" pattern={pattern} steps={steps} />);

  test("links each step to its delegation and says its status in words", () => {
    const markup = graph("consensus", [
      step("member-0"),
      step("member-1", { status: "failed", model: null, costNanos: null }),
      step("judge"),
    ]);
    expect(markup).toContain('<a href="/delegations/f.member-0" class="node">');
    expect(markup).toContain("member-0, completed, 1,234 tokens, $0.004");
    expect(markup).toContain("member-1, failed, 1,234 tokens, unknown");
    expect(markup).toContain("✕ failed");
    expect(markup).toContain('class="tone-bad"');
    expect(markup.match(/class="edge"/g)).toHaveLength(2);
  });

  test("has a title and a description with the state of every step", () => {
    const markup = graph("chain", [step("outline"), step("write", { status: "in-progress", tokensUsed: 0 })]);
    expect(markup).toContain('<title id="steps-title">Steps of this chain flow</title>');
    expect(markup).toContain('<desc id="steps-desc">outline completed, write in-progress</desc>');
    expect(graph("chain", [])).toContain("No step was started yet.");
  });

  test("cuts names that do not fit, and has them whole for who asks", () => {
    const name = "a".repeat(40);
    const markup = graph("chain", [step(name)]);
    expect(markup).toContain(`>${"a".repeat(23)}…</text>`);
    expect(markup).toContain(`${name}, completed`);
  });

  test("has no style of its own, and is inert", () => {
    const markup = graph(HOSTILE, [step(HOSTILE, { status: HOSTILE, model: HOSTILE, href: HOSTILE })]);
    expect(markup).not.toMatch(/style=|fill=/);
    expectInert(markup.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ""));
  });
});
