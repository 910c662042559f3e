import { z } from "zod";
import { BatchId } from "../batches/batch.ts";

export const BatchPath = z.strictObject({ batch_id: BatchId.meta({ description: "The id of the batch." }) });
