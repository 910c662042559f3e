import { linkHorizontal } from "d3-shape";
import { exactDollars } from "../../lib/dollar-text.ts";
import { isFinal, statusText } from "../words.ts";
import { signOf, toneOf } from "./status-badge.tsx";
import { NODE, type StepEdge, type StepNode, stepLayout } from "./step-layout.ts";
import { countText } from "./tokens.tsx";

/** A step of a flow: what is drawn of it. `costNanos` is null when not known; `href` is where its delegation is. */
export type GraphStep = {
  name: string;
  status: string;
  model: string | null;
  tokensUsed: number;
  costNanos: number | null;
  href: string;
};

/** Characters that fit a node. */
const FITTING = 24;

/** The steps of a flow from left to right, each a link to its delegation. */
export function StepGraph({ id, pattern, steps }: { id: string; pattern: string; steps: readonly GraphStep[] }) {
  const { width, height, nodes, edges } = stepLayout(pattern, steps);
  const words = steps.map(({ name, status }) => `${name} ${status}`).join(", ");
  return (
    <section class="scroll step-graph" tabindex={0} aria-label="Steps of the flow">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{`Steps of this ${pattern} flow`}</title>
        <desc id={`${id}-desc`}>{words === "" ? "No step was started yet." : words}</desc>
        {edges.map((edge) => (
          <path class="edge" d={curve(edge)} />
        ))}
        {nodes.map((node) => (
          <Node node={node} />
        ))}
      </svg>
    </section>
  );
}

function Node({ node: { step, x, y } }: { node: StepNode<GraphStep> }) {
  const { name, status, model, tokensUsed, costNanos, href } = step;
  const state = statusText(status);
  const spent = isFinal(status) ? `, ${countText(tokensUsed)} tokens, ${exactDollars(costNanos)}` : "";
  const ended = tokensUsed > 0 ? ` · ${countText(tokensUsed)} tokens` : "";
  return (
    <a href={href} class="node">
      <title>{`${name}, ${state}${spent}`}</title>
      <rect class="node-box" x={x} y={y} width={NODE.width} height={NODE.height} rx={8} />
      <rect class={`tone-${toneOf(status)}`} x={x} y={y + 8} width={4} height={NODE.height - 16} rx={2} />
      <text class="node-name" x={x + 14} y={y + 20}>
        {shortened(name)}
      </text>
      <text class="node-state" x={x + 14} y={y + 37}>
        {`${signOf(status)} ${state}${ended}`}
      </text>
      <text class="node-model" x={x + 14} y={y + 53}>
        {shortened(model ?? "")}
      </text>
    </a>
  );
}

const shortened = (text: string): string => (text.length <= FITTING ? text : `${text.slice(0, FITTING - 1)}…`);

const link = linkHorizontal<StepEdge, [number, number]>()
  .source(({ fromX, fromY }) => [fromX, fromY])
  .target(({ toX, toY }) => [toX, toY]);

const curve = (edge: StepEdge): string => link(edge) ?? "";
