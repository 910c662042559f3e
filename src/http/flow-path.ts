import { z } from "zod";
import { FlowId } from "../flows/role-fields.ts";

export const FlowPath = z.strictObject({ flow_id: FlowId.meta({ description: "The id of the flow." }) });
