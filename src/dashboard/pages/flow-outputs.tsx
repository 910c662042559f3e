import type { FlowRecord } from "../../client/index.ts";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { OutputText } from "./output-text.tsx";

type Step = FlowRecord["steps"][number];
/** Steps that are shown together under one heading. */
export type StepGroup = { title: string; steps: Step[] };

const CYCLE = /^(?:review|improvement-cycle)-(\d+)$/;

/** What a flow answered, and below it what each of its steps did on the way. */
export function FlowOutputs({ flow }: { flow: FlowRecord }) {
  const groups = groupsOf(flow);
  return (
    <>
      {flow.output !== null && (
        <section class="panel">
          <h2>Output</h2>
          <OutputText text={flow.output} />
        </section>
      )}
      {groups.map(({ title, steps }) => (
        <section class="panel">
          <h2>{title}</h2>
          {steps.map((step) => (
            <StepOutput step={step} />
          ))}
        </section>
      ))}
    </>
  );
}

/** The steps that have something to show besides the answer: an improvement's by its cycles, all others' together. */
export function groupsOf({ pattern, steps, output: answer }: Pick<FlowRecord, "pattern" | "steps" | "output">): StepGroup[] {
  const isAnswer = (output: string | null) => pattern !== "improve" && output === answer;
  const shown = steps.filter(({ output, error }) => (output !== null && !isAnswer(output)) || error !== null);
  const titles = Map.groupBy(shown, ({ name }) => (pattern === "improve" ? cycleOf(name) : "On the way"));
  return [...titles].map(([title, own]) => ({ title, steps: own }));
}

function cycleOf(name: string): string {
  const cycle = CYCLE.exec(name)?.[1];
  return cycle === undefined ? "Draft" : `Cycle ${Number(cycle) + 1}`;
}

function StepOutput({ step: { name, taskId, status, model, output, outputTruncated, error } }: { step: Step }) {
  return (
    <article class="step-output">
      <h3>
        <a href={idLink("/delegations", taskId)}>{name}</a> <StatusBadge status={status} />
      </h3>
      {model !== null && <p class="muted">{model}</p>}
      {error !== null && <p class="error-text">{`${error.code}: ${error.message}`}</p>}
      {output !== null && <OutputText text={reviewText(name, output)} truncated={outputTruncated} />}
    </article>
  );
}

/** A review in its own words; what is no review stays as it is. */
export function reviewText(name: string, output: string): string {
  if (!name.startsWith("review-")) return output;
  try {
    const { approved, feedback } = JSON.parse(output) as { approved?: unknown; feedback?: unknown };
    return typeof feedback === "string" ? `${approved === true ? "Approved." : "Not approved."} ${feedback}` : output;
  } catch {
    return output;
  }
}
