/** A step as far as its place is concerned. */
export type PlacedStep = { name: string };
export type StepNode<Step> = { step: Step; x: number; y: number };
/** From the right edge of one node to the left edge of another. */
export type StepEdge = { fromX: number; fromY: number; toX: number; toY: number };
export type StepLayout<Step> = { width: number; height: number; nodes: StepNode<Step>[]; edges: StepEdge[] };

/** The size of a node and what is around it, in units of the drawing. */
export const NODE = { width: 184, height: 64, gapX: 56, gapY: 16, margin: 8 } as const;

/** The steps that a pattern runs side by side: the members of a panel, the parts of a plan. */
const SIDE_BY_SIDE: { readonly [pattern: string]: RegExp } = {
  consensus: /^member-\d+$/,
  decompose: /^part-\d+$/,
};

/** Steps in the order of their start, those that run side by side together: what stands in one column. */
export function columnsOf<Step extends PlacedStep>(pattern: string, steps: readonly Step[]): Step[][] {
  const sideBySide = Object.hasOwn(SIDE_BY_SIDE, pattern) ? SIDE_BY_SIDE[pattern] : undefined;
  const columns: Step[][] = [];
  let before = false;
  for (const step of steps) {
    const parallel = sideBySide?.test(step.name) === true;
    if (parallel && before) columns.at(-1)?.push(step);
    else columns.push([step]);
    before = parallel;
  }
  return columns;
}

/** Where the steps of a flow are drawn, in units of the drawing: columns from left to right, each one's results go to all of the next. */
export function stepLayout<Step extends PlacedStep>(pattern: string, steps: readonly Step[]): StepLayout<Step> {
  const columns = columnsOf(pattern, steps);
  const most = Math.max(...columns.map((column) => column.length), 0);
  const inner = most === 0 ? 0 : most * NODE.height + (most - 1) * NODE.gapY;
  const placed = columns.map((column, index) => {
    const x = NODE.margin + index * (NODE.width + NODE.gapX);
    const own = column.length * NODE.height + (column.length - 1) * NODE.gapY;
    const top = NODE.margin + (inner - own) / 2;
    return column.map((step, row) => ({ step, x, y: top + row * (NODE.height + NODE.gapY) }));
  });
  const edges = placed.slice(1).flatMap((column, index) => edgesBetween(placed[index] ?? [], column));
  const width = 2 * NODE.margin + Math.max(0, columns.length * (NODE.width + NODE.gapX) - NODE.gapX);
  return { width, height: 2 * NODE.margin + inner, nodes: placed.flat(), edges };
}

function edgesBetween<Step>(from: readonly StepNode<Step>[], to: readonly StepNode<Step>[]): StepEdge[] {
  const middle = NODE.height / 2;
  return from.flatMap((left) =>
    to.map((right) => ({ fromX: left.x + NODE.width, fromY: left.y + middle, toX: right.x, toY: right.y + middle })),
  );
}
