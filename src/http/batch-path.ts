import { z } from "zod";
import { BatchId } from "../batches/batch.ts";
import { AppError } from "../errors.ts";

export const BatchPath = z.strictObject({ batch_id: BatchId.meta({ description: "The id of the batch." }) });

/** The refusal when there is no such batch. */
export const absentBatch = (batchId: string): AppError =>
  new AppError("not_found", `There is no batch ${batchId} in this workspace.`);
