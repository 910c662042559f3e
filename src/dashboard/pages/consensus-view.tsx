import type { FlowRecord } from "../../client/index.ts";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { type Verdict, verdictOf } from "./consensus-verdict.ts";
import { OutputText } from "./output-text.tsx";

type Step = FlowRecord["steps"][number];

const MEMBER = /^member-\d+$/;

/** What a consensus comes to: how far its members agree, and their answers side by side, each with what it dissents on. */
export function ConsensusView({ flow: { steps, output, outputData } }: { flow: FlowRecord }) {
  const verdict = verdictOf(outputData);
  const members = steps.filter(({ name }) => MEMBER.test(name));
  return (
    <>
      {output !== null && (
        <section class="panel">
          <h2>Synthesis</h2>
          {verdict !== undefined && <Agreement verdict={verdict} />}
          <OutputText text={output} />
        </section>
      )}
      <section class="panel">
        <h2>The members' answers</h2>
        <div class="members">
          {members.map((step) => (
            <Member step={step} points={pointsOf(step, verdict)} />
          ))}
        </div>
      </section>
    </>
  );
}

function Agreement({ verdict: { agreement, dissent } }: { verdict: Verdict }) {
  const percent = Math.round(agreement * 100);
  return (
    <>
      <div class="progress">
        <svg class="progress-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect class="tone-good" width={percent} height={1} />
        </svg>
        <span class="progress-words">{`${percent} % agreement`}</span>
      </div>
      {dissent.length === 0 ? (
        <p class="muted">Nobody dissents.</p>
      ) : (
        <ul class="dissent" aria-label="Dissent">
          {dissent.map(({ member, point }) => (
            <li>
              <strong>{member}</strong> dissents: {point}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Member({ step, points }: { step: Step; points: readonly string[] }) {
  const { name, taskId, status, model, output, outputTruncated, error } = step;
  return (
    <article class={points.length > 0 ? "member dissents" : "member"}>
      <h3>
        <a href={idLink("/delegations", taskId)}>{calledOf(step)}</a> <StatusBadge status={status} />
      </h3>
      <p class="muted">{calledOf(step) === model ? name : `${name} · ${model ?? "no model yet"}`}</p>
      {points.map((point) => (
        <p class="point">Dissents: {point}</p>
      ))}
      {error !== null && <p class="error-text">{`${error.code}: ${error.message}`}</p>}
      {output !== null && <OutputText text={output} truncated={outputTruncated} />}
    </article>
  );
}

const pointsOf = (step: Step, verdict: Verdict | undefined): string[] =>
  (verdict?.dissent ?? []).flatMap(({ member, point }) => (member === calledOf(step) ? [point] : []));

/** How the judge calls a member. */
const calledOf = ({ called, model, name }: Step): string => called ?? model ?? name;
