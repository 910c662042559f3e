import { z } from "zod";
import { DollarLimit } from "../budgets/budget.ts";
import { BUDGET_MODES, BudgetModeWord, COMPLEXITIES, ComplexityWord, TASK_TYPES, TaskTypeWord } from "../models/task-words.ts";
import { OUTCOMES, PROVIDER_IDS } from "../providers/provider.ts";
import { MAX_URL_CHARACTERS } from "../webhooks/target-guard.ts";

/** Sizes in UTF-8 bytes; over them the answer is 413 `payload_too_large`. */
export const LIMITS = {
  body: 8_000_000,
  prompt: 1_000_000,
  system: 256_000,
  output_schema: 64_000,
  properties: 16_000,
  /** Of work that was done elsewhere. */
  output: 1_000_000,
  spec: 1_500_000,
} as const;

export const STATUSES = ["needs-approval", "pending", "in-progress", "completed", "failed", "cancelled"] as const;
export const ATTEMPT_STATUSES = ["running", "completed", "failed", "interrupted", "cancelled"] as const;

export const TaskId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, "must be 1–128 of A–Z a–z 0–9 . _ : - and begin with a letter or digit")
  .meta({ description: "Unique in the workspace; generated when absent.", example: "task-auth-001" });

/** Any JSON: one schema, so that the API document names it once. */
export const Json = z.json();
const name = z.string().min(1).max(200);

const Candidate = z.strictObject({
  provider: z.enum(PROVIDER_IDS).optional(),
  model: name.optional(),
});

/** An address that is told of an end, besides the workspace's endpoints. What it may be is the guard's to say. */
export const WebhookUrl = z.string().min(1).max(MAX_URL_CHARACTERS).meta({
  description:
    "Is told, besides the workspace's endpoints, of each event there is of this (docs/webhooks.md), signed with the workspace's secret of `GET /v1/webhooks/secret`. A public https address.",
  example: "https://example.com/hooks/depute",
});

const Repository = z.strictObject({
  owner: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/),
  name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  base_ref: z.string().min(1).max(255).optional(),
  create_pull_request: z.boolean().optional(),
});

const Cache = z.strictObject({ max_age: z.int().min(1).max(2_592_000).meta({ description: "Seconds." }) }).meta({
  description:
    "Take the answer of an equal delegation of this workspace that was completed at most so long ago, at no cost and without waiting for approval: same first candidate, prompts, parameters and output format. Its answer must be whole, not a fallback's, and not from the cache itself. Two equal delegations at once both run. Without one that fits, or when it was deleted, the task runs. Has no effect with copilot. Absent: it runs.",
});

/** The body of `POST /v1/delegations`. */
export const DelegationInput = z
  .strictObject({
    prompt: z.string().regex(/\S/, "must not be empty").meta({ description: "What to do. At most 1,000,000 UTF-8 bytes." }),
    task_id: TaskId.optional(),
    agent: z.string().min(1).max(63).optional().meta({
      description:
        "A saved role, whose settings count where this delegation says nothing; `GET /v1/agents` lists all. Default `default`.",
      example: "coder",
    }),
    provider: z.enum(PROVIDER_IDS).optional().meta({ description: "Derived from the model when absent." }),
    model: name.optional().meta({
      description:
        "An alias, a catalogue id, `<endpoint>/<id>` for compatible, or `auto`: chosen by task type, complexity and budget mode as `POST /v1/models/select` does, among the models of `provider` when that is given.",
    }),
    task_type: TaskTypeWord.optional(),
    complexity: ComplexityWord.optional(),
    budget_mode: BudgetModeWord.optional(),
    system: z.string().min(1).optional().meta({ description: "At most 256,000 UTF-8 bytes." }),
    temperature: z.number().min(0).max(2).optional(),
    max_output_tokens: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: "Default 8,192, never above the model's own limit." }),
    max_thinking_budget: z.int().min(0).max(1_000_000).optional(),
    output_json: z.boolean().optional().meta({
      description: "The answer must be JSON. One that is not is repaired once, as with `output_schema`.",
    }),
    output_schema: z.record(z.string(), Json).optional().meta({
      description:
        'A JSON Schema (2020-12) with `"type": "object"`, at most 64,000 bytes; each `$ref` is the JSON Pointer of a schema inside it. An attempt whose answer does not fit it fails as `invalid_output`; its candidate is then asked once to repair that answer, told what is wrong, in an attempt that is paid and shown like any other. The repair takes the place of the failed attempt in `max_attempts`, so there may be one more, even with 1. What comes of it counts; a truncated answer is not repaired. Of the formats date, time, date-time, duration, email, hostname, ipv4, ipv6 and uuid are verified; a pattern that might take too long on a text is not.',
    }),
    approval: z.enum(["auto", "manual", "never"]).optional(),
    sandbox: z.enum(["read-only", "workspace-write", "danger-full-access"]).optional(),
    full_auto: z.boolean().optional(),
    timeout: z
      .int()
      .min(1)
      .max(840)
      .optional()
      .meta({ description: "Seconds for one attempt. Default 300 for claude, 120 for the others." }),
    deadline: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: "Seconds from acceptance for all of it. Default 3,600." }),
    fallbacks: z
      .union([z.literal("auto"), z.array(Candidate).max(10)])
      .optional()
      .meta({
        description:
          "Who is tried next, in this order, when the one before fails for good; who is listed again is dropped, with a warning. `auto`: at most two models of other vendors, of similar price, that are configured. Absent: nobody.",
      }),
    max_attempts: z.int().min(1).max(10).optional().meta({ description: "Per candidate. Default 3." }),
    cache: Cache.optional(),
    max_cost: DollarLimit.gt(0).optional().meta({
      description:
        "US dollars that all attempts together may cost. Each must fit with the most it can cost before anything is sent: the first that does not is refused with 402, a later one fails the delegation as `budget_exceeded`. Models without a known price are refused.",
    }),
    webhook_url: WebhookUrl.optional(),
    repository: Repository.optional().meta({ description: "Where a copilot task works." }),
    properties: z.record(z.string().min(1).max(100), Json).optional().meta({ description: "At most 32 keys and 16,000 bytes." }),
    parent_task_id: TaskId.nullable().optional(),
  })
  .meta({ id: "DelegationInput", description: "One unit of work to delegate." });
export type DelegationInput = z.infer<typeof DelegationInput>;

export const UsageRecord = z
  .object({
    input_tokens: z.int(),
    cached_input_tokens: z.int(),
    cache_write_input_tokens: z.int(),
    output_tokens: z.int(),
    reasoning_output_tokens: z.int(),
  })
  .meta({
    id: "Usage",
    description: "`input_tokens` is the whole prompt, cached parts included; `output_tokens` includes thinking.",
  });

const Time = z.iso.datetime().meta({ example: "2026-11-22T10:30:45.123Z" });
const Dollars = z.number().nullable().meta({ description: "US dollars; null = not known." });
const Nanos = z.int().nullable().meta({ description: "Nano-dollars, exact; null = not known." });

export const Warning = z.object({ code: z.string(), message: z.string() }).meta({ id: "Warning" });
export type Warning = z.infer<typeof Warning>;

export const Failure = z
  .object({
    code: z.string(),
    message: z.string(),
    provider: z.string().optional(),
    attempts: z
      .array(z.object({ number: z.int(), provider: z.string(), model: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "With all_candidates_failed: every attempt." }),
  })
  .meta({ id: "Failure" });
export type Failure = z.infer<typeof Failure>;

export const Repair = z
  .literal(true)
  .meta({ description: "Present when the attempt asks for a corrected answer in place of an invalid one." });

export const Attempt = z
  .object({
    number: z.int(),
    provider: z.string(),
    model: z.string(),
    status: z.enum(ATTEMPT_STATUSES),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    started_at: Time,
    first_token_at: Time.nullable(),
    ended_at: Time.nullable(),
    usage: UsageRecord,
    usage_final: z.boolean(),
    cost: Dollars,
    cost_nanos: Nanos,
    cost_max: Dollars,
    cost_max_nanos: Nanos,
    request_id: z.string().nullable(),
    repair: Repair.optional(),
  })
  .meta({ id: "Attempt", description: "One paid call to one provider and model." });
export type Attempt = z.infer<typeof Attempt>;

/** A delegation as the API shows it; the first twelve fields are the record of the original system. */
export const Delegation = z
  .object({
    task_id: z.string(),
    prompt: z.string(),
    agent: z.string(),
    status: z.enum(STATUSES),
    created_at: Time,
    started_at: Time.nullable(),
    completed_at: Time.nullable(),
    output: z.string().nullable(),
    tokens_used: z.int(),
    model: z.string().nullable(),
    cost: Dollars,
    error: Failure.nullable(),
    cost_nanos: Nanos,
    usage_final: z.boolean(),
    cost_max: Dollars,
    cost_max_nanos: Nanos,
    requested_model: z.string().nullable(),
    provider: z.string(),
    outcome: z.enum(OUTCOMES).nullable(),
    output_data: Json.nullable(),
    usage: UsageRecord,
    attempts: z.array(Attempt),
    warnings: z.array(Warning),
    source: z.enum(["run", "recorded"]),
    cached_from: z.string().nullable(),
    batch_id: z.string().nullable(),
    flow_id: z.string().nullable(),
    flow_step: z.string().nullable(),
    parent_task_id: z.string().nullable(),
    task_type: z.enum(TASK_TYPES).nullable(),
    complexity: z.enum(COMPLEXITIES).nullable(),
    budget_mode: z.enum(BUDGET_MODES).nullable(),
    properties: z.record(z.string(), Json),
    created_by: z.string(),
    score: z.number().nullable().meta({ description: "0 to 1: what somebody thought of the result." }),
    score_comment: z.string().nullable(),
  })
  .meta({ id: "Delegation" });
export type Delegation = z.infer<typeof Delegation>;
export type DelegationStatus = Delegation["status"];
