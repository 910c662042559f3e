import { type AttemptBar, attemptLayout } from "./attempt-layout.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Duration, durationText } from "./duration.tsx";
import { Money } from "./money.tsx";
import { StatusBadge, toneOf } from "./status-badge.tsx";
import { Tokens } from "./tokens.tsx";

/** One attempt of a delegation, as the client has it. */
export type ShownAttempt = {
  number: number;
  provider: string;
  model: string;
  status: string;
  error: { code: string; message: string } | null;
  startedAt: string;
  firstTokenAt: string | null;
  endedAt: string | null;
  usage: { inputTokens: number; outputTokens: number };
  usageFinal: boolean;
  costNanos: number | null;
};

const WIDTH = 760;
const ROW = 28;
const LABELS = 200;
const AXIS = WIDTH - LABELS - 24;

/** The attempts of a delegation on an axis of time, and what each of them used and cost. `now` in ms. */
export function AttemptTimeline({ id, attempts, now }: { id: string; attempts: readonly ShownAttempt[]; now: number }) {
  if (attempts.length === 0) return <p class="muted">No attempt was made.</p>;
  const hasErrors = attempts.some(({ error }) => error !== null);
  return (
    <div class="timeline">
      <section class="scroll" tabindex={0} aria-label="Attempts over time">
        <Axis id={id} attempts={attempts} now={now} />
      </section>
      <DataTable caption="Attempts" columns={hasErrors ? [...COLUMNS, ERROR] : COLUMNS} rows={attempts} />
    </div>
  );
}

function Axis({ id, attempts, now }: { id: string; attempts: readonly ShownAttempt[]; now: number }) {
  const { bars, ticks } = attemptLayout(attempts, now);
  const bottom = attempts.length * ROW;
  const words = attempts.map(({ number, provider, status }, index) => sentence(number, provider, status, bars[index]));
  return (
    <svg viewBox={`0 0 ${WIDTH} ${bottom + 24}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
      <title id={`${id}-title`}>Attempts over time</title>
      <desc id={`${id}-desc`}>{words.join(" ")}</desc>
      <g class="axes">
        {ticks.map(({ ms, at }) => (
          <>
            <line x1={onAxis(at)} x2={onAxis(at)} y1={0} y2={bottom} />
            <text x={onAxis(at)} y={bottom + 16} text-anchor="middle">
              {durationText(ms)}
            </text>
          </>
        ))}
      </g>
      {attempts.map((attempt, index) => (
        <AttemptRow attempt={attempt} bar={bars[index]} top={index * ROW} />
      ))}
    </svg>
  );
}

const sentence = (number: number, provider: string, status: string, bar: AttemptBar | undefined): string =>
  `Attempt ${number} with ${provider}: ${status} after ${durationText(bar?.elapsedMs ?? 0)}.`;

type RowProps = { attempt: ShownAttempt; bar: AttemptBar | undefined; top: number };

function AttemptRow({ attempt: { number, provider, status }, bar, top }: RowProps) {
  if (bar === undefined) return null;
  const width = Math.round(bar.length * AXIS) / 100;
  return (
    <g>
      <text class="node-name" x={0} y={top + 18}>
        {`${number}. ${provider}`}
      </text>
      <rect class={`tone-${toneOf(status)}`} x={onAxis(bar.from)} y={top + 6} width={width} height={ROW - 12} rx={3}>
        <title>{sentence(number, provider, status, bar)}</title>
      </rect>
      {bar.firstToken !== null && (
        <line class="first-token" x1={onAxis(bar.firstToken)} x2={onAxis(bar.firstToken)} y1={top + 3} y2={top + ROW - 3}>
          <title>The answer began</title>
        </line>
      )}
    </g>
  );
}

const onAxis = (percent: number): number => Math.round(LABELS * 100 + percent * AXIS) / 100;

const COLUMNS: Column<ShownAttempt>[] = [
  { head: "Attempt", cell: ({ number, provider, model }) => `${number}. ${provider} · ${model}` },
  { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { head: "Time", numeric: true, cell: ({ startedAt, endedAt }) => <Duration ms={span(startedAt, endedAt)} /> },
  {
    head: "To first token",
    numeric: true,
    cell: ({ startedAt, firstTokenAt }) => <Duration ms={span(startedAt, firstTokenAt)} />,
  },
  { head: "Tokens in", numeric: true, cell: ({ usage }) => <Tokens count={usage.inputTokens} /> },
  { head: "Tokens out", numeric: true, cell: ({ usage }) => <Tokens count={usage.outputTokens} /> },
  { head: "Cost", numeric: true, cell: (attempt) => <AttemptCost {...attempt} /> },
];

const ERROR: Column<ShownAttempt> = {
  head: "Error",
  wide: true,
  cell: ({ error }) => error !== null && <AttemptError {...error} />,
};

function AttemptCost({ costNanos, usageFinal, status }: ShownAttempt) {
  const isOpen = !usageFinal && status !== "running";
  return (
    <>
      <Money nanos={costNanos} />
      {isOpen && <span class="note"> not final</span>}
    </>
  );
}

function AttemptError({ code, message }: { code: string; message: string }) {
  return (
    <>
      <code>{code}</code> <span class="error-text">{message}</span>
    </>
  );
}

const span = (from: string, to: string | null): number | null => (to === null ? null : Date.parse(to) - Date.parse(from));
