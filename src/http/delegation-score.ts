import { z } from "zod";
import { Score, ScoreComment } from "../delegations/admission/record-input.ts";
import { Delegation } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";
import type { Api } from "./api.ts";
import { DELEGATION_EXAMPLE } from "./delegation-example.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { delegationObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { readWaiting } from "./waiting-task.ts";

const ScoreInput = z
  .strictObject({
    score: Score,
    comment: ScoreComment.optional().meta({ description: "At most 2,000 characters." }),
  })
  .meta({ id: "ScoreInput", description: "What somebody thinks of the result." });

const score = {
  method: "post",
  path: "/v1/delegations/{task_id}/score",
  id: "scoreDelegation",
  tag: "Delegations",
  scope: "delegate",
  summary: "Say how good a result is",
  description: "Of a delegation that has ended. Said again, it replaces score and comment.",
  pathSchema: DelegationPath,
  bodySchema: ScoreInput,
  bodyExample: { score: 0.8, comment: "Right, but the tests are missing." },
  successes: {
    200: {
      description: "The delegation with its score.",
      schema: Delegation,
      example: { ...DELEGATION_EXAMPLE, score: 0.8, score_comment: "Right, but the tests are missing." },
    },
  },
  errors: ["not_found", "gone", "conflict"],
} as const satisfies Operation;

export function addDelegationScore(api: Api): void {
  api.add(score, async ({ context, principal: { workspace }, path: { task_id }, body }) => {
    const outcome = await delegationObject(context.env, workspace, task_id).score(body.score, body.comment ?? null);
    if (outcome.kind === "scored") return context.json(outcome.delegation);
    if (outcome.kind === "gone") throw absentDelegation(outcome, task_id);
    const { status } = outcome.kind === "open" ? outcome.delegation : await readWaiting(context, workspace, task_id, 0);
    throw new AppError("conflict", `The delegation ${task_id} is ${status}: only a final one can be scored.`);
  });
}
