import { z } from "zod";
import { deploymentOf } from "../delegations/admission/deployment.ts";
import { checkInputSizes } from "../delegations/admission/input-sizes.ts";
import { AppError } from "../errors.ts";
import { dollars } from "../lib/nanos.ts";
import { utf8Length } from "../lib/utf8.ts";
import { findModel } from "../models/catalogue.ts";
import type { Deployment } from "../models/model-choice.ts";
import { type SelectedModel, selectModel } from "../models/selection.ts";
import { completedAsk } from "../models/selection-ask.ts";
import { BUDGET_MODES, BudgetModeWord, COMPLEXITIES, ComplexityWord, TASK_TYPES, TaskTypeWord } from "../models/task-words.ts";
import { YARDSTICK, yardstickNanos } from "../models/yardstick.ts";
import type { Api } from "./api.ts";
import { shutModels } from "./http-env.ts";
import type { Operation } from "./operation.ts";

/** The usual measure of English text and code, in which a token is about four bytes. */
const BYTES_PER_TOKEN = 4;

const SelectionInput = z
  .strictObject({
    task_type: TaskTypeWord.optional(),
    complexity: ComplexityWord.optional(),
    budget_mode: BudgetModeWord.optional(),
    prompt: z.string().min(1, "must not be empty").optional().meta({
      description: "To estimate the cost, and the complexity when it is not given. Kept nowhere. At most 1,000,000 UTF-8 bytes.",
    }),
  })
  .meta({ id: "SelectionInput", description: "What the work is like." });

const Provider = z.enum(["claude", "gemini", "codex"]);
const Chosen = z.object({
  model: z.string().meta({ description: "The vendor's id." }),
  alias: z.string().meta({ description: "The stable name, which outlives generations of models; the id where there is none." }),
  provider: Provider,
  reason: z.string(),
  estimated_cost: z.number().nullable().meta({ description: "US dollars; null = not known. See `estimate`." }),
  estimated_cost_nanos: z.int().nullable(),
});
const Alternative = Chosen.meta({ id: "SelectionAlternative" });

const SelectionAnswer = Chosen.extend({
  task_type: z.enum(TASK_TYPES),
  complexity: z.enum(COMPLEXITIES),
  complexity_estimated: z
    .boolean()
    .meta({ description: "True when it was not given: then it is as the prompt looks, and MEDIUM without one." }),
  budget_mode: z.enum(BUDGET_MODES),
  estimate: z.object({ input_tokens: z.int(), output_tokens: z.int(), basis: z.enum(["prompt", "yardstick"]) }).meta({
    description:
      "What the costs are estimated for: the prompt's bytes / 4 as tokens, 2,000 without one; always 1,000 tokens of answer, thinking included.",
  }),
  fallbacks: z
    .array(z.object({ provider: Provider, model: z.string() }))
    .meta({ description: "Other vendors' models of similar price, as `fallbacks` of a delegation takes them." }),
  alternatives: z.array(Alternative).meta({ description: "What the other budget modes would choose, then similar models." }),
  passed_over: z
    .array(z.object({ model: z.string(), provider: Provider, reason: z.string() }))
    .meta({ description: "Models that came first and cannot be had here, and why." }),
}).meta({ id: "Selection" });
export type SelectionAnswer = z.infer<typeof SelectionAnswer>;

const EXAMPLE_INPUT = { task_type: "CODE_GENERATION", complexity: "HIGH", budget_mode: "BALANCED" } as const;

const select = {
  method: "post",
  path: "/v1/models/select",
  id: "selectModel",
  tag: "Models",
  scope: "read",
  summary: "Choose a model for a kind of work",
  description:
    'From a table of task type × complexity × budget mode over the catalogue, confined to providers that are configured. The price never falls from COST_OPTIMIZED to QUALITY_FOCUSED, nor as complexity rises. Nothing is spent. A delegation with `model: "auto"` chooses the same way.',
  bodySchema: SelectionInput,
  bodyExample: EXAMPLE_INPUT,
  successes: {
    200: {
      description: "The choice and why.",
      schema: SelectionAnswer,
      example: selectionAnswer(
        EXAMPLE_INPUT,
        { configured: new Set(["claude", "codex", "gemini"]), endpoints: {} },
        new Date("2026-11-22T12:00:00Z"),
      ),
    },
  },
  errors: ["provider_not_configured"],
} as const satisfies Operation;

export function addSelectRoute(api: Api): void {
  api.add(select, ({ context, config, body }) => {
    if (body.prompt !== undefined) checkInputSizes({ prompt: body.prompt });
    return context.json(selectionAnswer(body, { ...deploymentOf(config), shut: shutModels(context) }, new Date()));
  });
}

function selectionAnswer(
  body: z.output<typeof SelectionInput>,
  deployment: Deployment,
  on: Date,
): z.output<typeof SelectionAnswer> {
  const { complexity_estimated, ...ask } = completedAsk(body);
  const selection = selectModel(ask, deployment, on);
  if (!selection.ok) throw new AppError(selection.code, selection.message);
  const estimate = estimateFor(body.prompt);
  const { ok, fallbacks, alternatives, passed_over, ...chosen } = selection;
  return {
    ...priced(chosen, estimate.input_tokens, on),
    task_type: ask.task_type,
    complexity: ask.complexity,
    complexity_estimated,
    budget_mode: ask.budget_mode,
    estimate,
    fallbacks: [...fallbacks],
    alternatives: alternatives.map((each) => priced(each, estimate.input_tokens, on)),
    passed_over: [...passed_over],
  };
}

function estimateFor(prompt: string | undefined): z.output<typeof SelectionAnswer>["estimate"] {
  const output_tokens = YARDSTICK.outputTokens;
  return prompt === undefined
    ? { input_tokens: YARDSTICK.inputTokens, output_tokens, basis: "yardstick" }
    : { input_tokens: Math.ceil(utf8Length(prompt) / BYTES_PER_TOKEN), output_tokens, basis: "prompt" };
}

function priced(chosen: SelectedModel, inputTokens: number, on: Date): z.output<typeof Chosen> {
  const model = findModel(chosen.model);
  const nanos = model === undefined ? null : yardstickNanos(model, on, inputTokens);
  return { ...chosen, estimated_cost: dollars(nanos), estimated_cost_nanos: nanos };
}
