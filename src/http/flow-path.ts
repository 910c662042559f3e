import { z } from "zod";
import { AppError } from "../errors.ts";
import { FlowId } from "../flows/role-fields.ts";

export const FlowPath = z.strictObject({ flow_id: FlowId.meta({ description: "The id of the flow." }) });

/** The refusal when there is no such flow. */
export const absentFlow = (flowId: string): AppError =>
  new AppError("not_found", `There is no flow ${flowId} in this workspace.`);
