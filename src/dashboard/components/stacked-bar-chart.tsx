import { exactDollars, shortDollars } from "../../lib/dollar-text.ts";
import { DataTable } from "./data-table.tsx";
import { Money } from "./money.tsx";
import { type Area, type DayCost, type StackedBars, stackedBars } from "./stacked-bars.ts";

const WIDTH = 760;
const HEIGHT = 260;
const AREA: Area = { left: 4, top: 30, width: WIDTH - 72, height: HEIGHT - 62 };

type ChartProps = {
  /** Of this drawing in the document: names it for who does not see it. */
  id: string;
  title: string;
  costs: readonly DayCost[];
  /** All days shown, in order, those without costs too. */
  days: readonly string[];
};

/** What was spent day by day as stacked bars: a drawing, its legend, and the same as a table. */
export function StackedBarChart({ id, title, costs, days }: ChartProps) {
  const chart = stackedBars(costs, days, AREA);
  return (
    <figure class="chart">
      <section class="scroll" tabindex={0} aria-label={title}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>{described(chart, days)}</desc>
          <Axes chart={chart} />
          {chart.pieces.map(({ x, y, width, height, day, series, nanos, tone }) => (
            <rect class={`series-${tone}`} x={round(x)} y={round(y)} width={round(width)} height={round(height)}>
              <title>{`${day}, ${series}: ${exactDollars(nanos)}`}</title>
            </rect>
          ))}
          {chart.unknowns.map(({ day, x, y }) => (
            <text class="chart-unknown" x={round(x)} y={round(y - 4)} text-anchor="middle">
              ?<title>{`${day}: some costs are unknown`}</title>
            </text>
          ))}
        </svg>
      </section>
      <Legend chart={chart} />
      <details class="chart-data">
        <summary>The figures of this chart</summary>
        <Figures title={title} costs={costs} />
      </details>
    </figure>
  );
}

/** The chart in a sentence. */
function described({ series, unknowns }: StackedBars, days: readonly string[]): string {
  const span = days.length === 0 ? "" : ` from ${days[0]} to ${days.at(-1)}`;
  if (series.length === 0) return `Nothing was spent${span}.`;
  const sums = series.map(({ name, nanos }) => `${name} ${exactDollars(nanos)}`).join(", ");
  return `US dollars a day${span}: ${sums}.${unknowns.length === 0 ? "" : " A question mark stands over days with unknown costs."}`;
}

function Axes({ chart: { yTicks, xTicks } }: { chart: StackedBars }) {
  const { left, top, width, height } = AREA;
  return (
    <g class="axes">
      <text class="axis-title" x={WIDTH - 2} y={11} text-anchor="end">
        US dollars
      </text>
      {yTicks.map(({ nanos, y }) => (
        <>
          <line x1={left} x2={left + width} y1={round(y)} y2={round(y)} />
          <text x={left + width + 8} y={round(y + 4)}>
            {shortDollars(nanos)}
          </text>
        </>
      ))}
      {xTicks.map(({ day, x }) => (
        <text x={round(x)} y={top + height + 20} text-anchor="middle">
          {day.length > 7 ? day.slice(5) : day}
        </text>
      ))}
    </g>
  );
}

function Legend({ chart: { series, unknowns } }: { chart: StackedBars }) {
  return (
    <figcaption>
      <ul class="legend">
        {series.map(({ name, tone, nanos }) => (
          <li>
            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`series-${tone}`} width={10} height={10} rx={2} />
            </svg>
            {name} <Money nanos={nanos} short />
          </li>
        ))}
        {unknowns.length > 0 && <li>? some costs of this day are unknown</li>}
      </ul>
    </figcaption>
  );
}

function Figures({ title, costs }: { title: string; costs: readonly DayCost[] }) {
  const rows = [...costs].sort((left, right) => (left.day < right.day ? 1 : left.day > right.day ? -1 : 0));
  const columns = [
    { head: "Day", cell: ({ day }: DayCost) => day },
    { head: "Of", cell: ({ series }: DayCost) => series },
    { head: "Cost", numeric: true, cell: ({ nanos }: DayCost) => <Money nanos={nanos} /> },
  ];
  return <DataTable caption={title} columns={columns} rows={rows} />;
}

const round = (units: number): number => Math.round(units * 100) / 100;
