import { z } from "zod";
import { BatchId } from "../batches/batch.ts";
import type { BatchAbsent } from "../batches/batch-rpc.ts";
import { AppError } from "../errors.ts";

export const BatchPath = z.strictObject({ batch_id: BatchId.meta({ description: "The id of the batch." }) });

/** The refusal when there is no such batch, or no longer. */
export function absentBatch(outcome: BatchAbsent, batchId: string): AppError {
  if (outcome.kind === "gone") return new AppError("gone", `The batch ${batchId} was erased: its retention is over.`);
  return new AppError("not_found", `There is no batch ${batchId} in this workspace.`);
}
