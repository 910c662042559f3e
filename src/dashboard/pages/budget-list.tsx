import type { BudgetRecord } from "../../client/budgets.ts";
import { Confirm } from "../components/confirm.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Money } from "../components/money.tsx";
import { idLink, queryLink } from "../components/query-link.ts";
import { Time } from "../components/time.tsx";
import type { Visit } from "../visit.ts";
import { BudgetBar } from "./budget-bar.tsx";

/** How each budget stands, and what can be done with it. */
export function BudgetList({ budgets, visit }: { budgets: readonly BudgetRecord[]; visit: Visit }) {
  if (budgets.length === 0)
    return (
      <EmptyState title="No budgets yet">
        <p>
          A budget is a ceiling that cannot be overrun: the most an attempt can cost is held before it is sent, and what is over
          the limit is refused before anything is paid.
        </p>
      </EmptyState>
    );
  return (
    <div class="columns">
      {budgets.map((budget) => (
        <section class="panel" id={`budget-${budget.name}`} aria-label={budget.name}>
          <ul class="bars">
            <BudgetBar budget={budget} />
          </ul>
          <p>
            <Money nanos={budget.remainingNanos} /> left
            {budget.periodStart !== null && (
              <>
                {" since "}
                <Time at={budget.periodStart} />
              </>
            )}
            .
          </p>
          <Notes budget={budget} now={visit.now} />
          {visit.may("admin") && <Actions name={budget.name} visit={visit} />}
        </section>
      ))}
    </div>
  );
}

function Notes({ budget: { warnings, exceededAt, allowUnpriced }, now }: { budget: BudgetRecord; now: number }) {
  return (
    <>
      {exceededAt !== null && (
        <p class="notice bad">
          Exhausted <Time at={exceededAt} now={now} />: what may cost more than is left is refused.
        </p>
      )}
      {warnings.map(({ atShare, at }) => (
        <p class="muted">
          {Math.round(atShare * 1_000) / 10} % was reached <Time at={at} now={now} />.
        </p>
      ))}
      {allowUnpriced && <p class="muted">Models whose price is not known may run: what they cost is not counted.</p>}
    </>
  );
}

const Actions = ({ name, visit }: { name: string; visit: Visit }) => (
  <div class="actions">
    <a class="button" href={queryLink("/budgets", { change: name })}>
      Change
    </a>
    <Confirm visit={visit} action={`${idLink("/budgets", name)}/delete`} label="Delete">
      Nothing limits it any more. What was spent stays on the books.
    </Confirm>
  </div>
);
