import { z } from "zod";
import { agentsOf, forgetAgents } from "../agents/agents-of.ts";
import { Budget, BudgetInput, BudgetName } from "../budgets/budget.ts";
import { budgetedWorkspaces, ledgerOf } from "../budgets/budgeted-workspaces.ts";
import { BUDGETS_KNOWN_MS } from "../budgets/ledger-rpc.ts";
import { recordAudit } from "../db/audit.ts";
import { createDatabase } from "../db/client.ts";
import { findKey } from "../db/keys.ts";
import { AppError } from "../errors.ts";
import { accountOf } from "../keys/key.ts";
import { OWNER } from "../keys/principal.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { Call, Operation } from "./operation.ts";

const TAG = "Budgets";
const BudgetPath = z.strictObject({ name: BudgetName });

const EXAMPLE: Budget = {
  name: "team-month",
  scope: "workspace",
  subject: null,
  period: "month",
  period_start: "2026-11-01T00:00:00.000Z",
  limit: 100,
  limit_nanos: 100_000_000_000,
  spent: 81.5,
  spent_nanos: 81_500_000_000,
  reserved: 0.42,
  reserved_nanos: 420_000_000,
  remaining: 18.08,
  remaining_nanos: 18_080_000_000,
  warn_at: [0.8, 0.95],
  warnings: [{ at_share: 0.8, at: "2026-11-20T08:15:00.000Z" }],
  exceeded_at: null,
  allow_unpriced: false,
  created_at: "2026-11-01T09:00:00.000Z",
  updated_at: "2026-11-01T09:00:00.000Z",
};
const answer = (description: string) => ({ description, schema: Budget, example: EXAMPLE });

const list = {
  method: "get",
  path: "/v1/budgets",
  id: "listBudgets",
  tag: TAG,
  scope: "read",
  summary: "List the budgets and how they stand",
  description: "By name. There are at most 100, so there are no pages.",
  successes: { 200: { description: "All of them.", schema: z.object({ data: z.array(Budget) }).meta({ id: "BudgetList" }) } },
  errors: [],
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/budgets/{name}",
  id: "getBudget",
  tag: TAG,
  scope: "read",
  summary: "Read a budget and how it stands",
  pathSchema: BudgetPath,
  successes: { 200: answer("The budget.") },
  errors: ["not_found"],
} as const satisfies Operation;

const save = {
  method: "put",
  path: "/v1/budgets/{name}",
  id: "putBudget",
  tag: TAG,
  scope: "admin",
  summary: "Save a budget, or replace it",
  description: `From its answer on the budget is hard: every attempt reserves the most it can cost before anything is sent, and what does not fit is refused. So the first budget of a workspace takes ${BUDGETS_KNOWN_MS / 1_000} s to answer: until then parts of the service may still rely on there being none. What was spent before, in the current period, counts; attempts that were under way without a reservation count when they end. A limit below what is spent stops new attempts only.`,
  pathSchema: BudgetPath,
  bodySchema: BudgetInput,
  bodyExample: { scope: "workspace", period: "month", limit: 100 },
  successes: { 200: answer("It is saved, and hard.") },
  errors: ["conflict"],
} as const satisfies Operation;

const remove = {
  method: "delete",
  path: "/v1/budgets/{name}",
  id: "deleteBudget",
  tag: TAG,
  scope: "admin",
  summary: "Take a budget away",
  description: "What was spent stays on the books: made again, the budget knows it.",
  pathSchema: BudgetPath,
  successes: { 204: { description: "It is gone." } },
  errors: ["not_found"],
} as const satisfies Operation;

/** Everything about budgets; what they refuse is refused where it starts. */
export function addBudgetRoutes(api: Api): void {
  api.add(list, async ({ context, principal }) => {
    return context.json({ data: await ledgerOf(context.env.LEDGERS, principal.workspace).budgets() });
  });
  api.add(read, async ({ context, principal, path: { name } }) => {
    const budget = await ledgerOf(context.env.LEDGERS, principal.workspace).budget(name);
    if (budget === null) throw absentBudget(name);
    return context.json(budget);
  });
  api.add(save, saved);
  api.add(remove, removed);
}

async function saved({ context, principal, path: { name }, body }: Call<typeof save>): Promise<Response> {
  const { LEDGERS, DB } = context.env;
  const { workspace } = principal;
  const payer = await payerOf(body, workspace, DB);
  if (payer === undefined) throw unknownSubject(body);
  const outcome = await ledgerOf(LEDGERS, workspace).putBudget(workspace, name, { ...body, ...payer });
  budgetedWorkspaces(LEDGERS).forget(workspace);
  if (outcome.kind === "full")
    throw new AppError("conflict", `This workspace has ${outcome.most} budgets, and no more are kept: delete one first.`);
  const { scope, subject = null, period, limit } = body;
  const deed = { workspace, action: "budget.saved", subject: name, detail: { scope, subject, period, limit } } as const;
  await recordAudit(createDatabase(DB), deed, actorOf(context, principal));
  return context.json(outcome.budget);
}

async function removed({ context, principal, path: { name } }: Call<typeof remove>): Promise<Response> {
  const { LEDGERS, DB } = context.env;
  const { workspace } = principal;
  const isDeleted = await ledgerOf(LEDGERS, workspace).deleteBudget(name);
  budgetedWorkspaces(LEDGERS).forget(workspace);
  if (!isDeleted) throw absentBudget(name);
  await recordAudit(createDatabase(DB), { workspace, action: "budget.deleted", subject: name }, actorOf(context, principal));
  return context.body(null, 204);
}

/**
 * The subject under which the books have what is paid: a budget of a key goes with it from rotation to rotation. Undefined when it
 * is not there: a budget of nobody would bound nothing.
 */
async function payerOf(
  { scope, subject = "" }: BudgetInput,
  workspace: string,
  database: D1Database,
): Promise<Pick<BudgetInput, "subject"> | undefined> {
  if (scope === "workspace") return {};
  if (scope === "agent") {
    // It may have been saved just now, elsewhere.
    forgetAgents(database, workspace);
    return (await agentsOf(database, workspace)).has(subject) ? { subject } : undefined;
  }
  if (subject === OWNER.key_id && workspace === OWNER.workspace) return { subject };
  const key = await findKey(createDatabase(database), workspace, subject);
  return key && { subject: accountOf(key) };
}

function unknownSubject({ scope, subject }: BudgetInput): AppError {
  const message = `there is no ${scope} ${subject} in this workspace`;
  return new AppError("invalid_request", `subject: ${message}`, [{ path: "subject", message }]);
}

const absentBudget = (name: string): AppError =>
  new AppError("not_found", `There is no budget ${name} in this workspace. GET /v1/budgets lists all.`);
