import { BUDGET_SCOPES } from "../../budgets/budget.ts";
import { BUDGET_PERIODS } from "../../budgets/budget-period.ts";
import type { BudgetRecord } from "../../client/budgets.ts";
import { Allowed } from "../allowed.tsx";
import { SelectField } from "../components/select-field.tsx";
import { Submit } from "../components/submit.tsx";
import { TextField } from "../components/text-field.tsx";
import { Form } from "../form.tsx";
import type { Action, Page } from "../page.ts";
import { given, type Visit } from "../visit.ts";
import { budgetInput, percentText } from "./budget-input.ts";
import { BudgetList } from "./budget-list.tsx";

const PERIOD_TEXTS = { total: "in all", day: "a day (UTC)", month: "a month (UTC)" } as const;
const SCOPE_TEXTS = { workspace: "the whole workspace", key: "one key", agent: "one agent" } as const;
const DEFAULT_WARNINGS = [0.8, 0.95];

/** What may be spent, and what was. */
export const budgetsPage: Page = {
  path: "/budgets",
  title: "Budgets",
  nav: "Budgets",
  show,
  actions: { "/budgets": save, "/budgets/:name/delete": remove },
};

async function save({ client }: Visit, form: URLSearchParams): ReturnType<Action> {
  await client.budgets.put(form.get("name")?.trim() ?? "", budgetInput(form));
  return { see: "/budgets" };
}

async function remove({ client, param }: Visit): ReturnType<Action> {
  await client.budgets.delete(param("name"));
  return { see: "/budgets" };
}

async function show(visit: Visit) {
  const budgets = await visit.client.budgets.list();
  const changed = budgets.find(({ name }) => name === visit.url.searchParams.get("change"));
  return (
    <>
      <Allowed visit={visit} scope="admin" what="Setting budgets">
        <BudgetForm visit={visit} budget={changed} />
      </Allowed>
      <section id="budgets" data-live>
        <BudgetList budgets={budgets} visit={visit} />
      </section>
    </>
  );
}

function BudgetForm({ visit, budget }: { visit: Visit; budget: BudgetRecord | undefined }) {
  return (
    <Form visit={visit} action="/budgets" class="panel">
      <h2>{budget === undefined ? "Set a budget" : `Change ${budget.name}`}</h2>
      <div class="filters">
        <TextField label="Name" name="name" value={given(visit, "name", budget?.name)} placeholder="team-month" required />
        <SelectField
          label="For"
          name="scope"
          value={given(visit, "scope", budget?.scope ?? "workspace")}
          options={BUDGET_SCOPES.map((scope) => ({ value: scope, text: SCOPE_TEXTS[scope] }))}
        />
        <TextField
          label="Key id or agent name"
          name="subject"
          value={given(visit, "subject", budget?.subject ?? "")}
          placeholder="of one key or agent"
        />
        <SelectField
          label="Period"
          name="period"
          value={given(visit, "period", budget?.period ?? "month")}
          options={BUDGET_PERIODS.map((period) => ({ value: period, text: PERIOD_TEXTS[period] }))}
        />
        <TextField
          label="Limit, US dollars"
          name="limit"
          type="number"
          step="any"
          min={0}
          value={given(visit, "limit", budget === undefined ? "" : String(budget.limit))}
          required
        />
        <TextField
          label="Warn at, percent"
          name="warn_at"
          value={given(visit, "warn_at", percentText(budget?.warnAt ?? DEFAULT_WARNINGS))}
        />
      </div>
      <label class="choice">
        <input type="checkbox" name="allow_unpriced" checked={isUnpricedAllowed(visit, budget)} />
        <span>Let models run whose price is not known</span>
      </label>
      <Submit label="Save">The first budget of a workspace takes some five seconds: from then on it is hard.</Submit>
    </Form>
  );
}

const isUnpricedAllowed = ({ refused }: Visit, budget: BudgetRecord | undefined): boolean =>
  refused === undefined ? (budget?.allowUnpriced ?? false) : refused.form.get("allow_unpriced") === "on";
