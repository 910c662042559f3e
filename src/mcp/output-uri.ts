import type { ContentBlock } from "@modelcontextprotocol/server";
import type { Delegation } from "../delegations/delegation.ts";

/** What a delegation answered, whole. */
export const OUTPUT_TEMPLATE = "depute://delegations/{task_id}/output";
const OUTPUT_URI = /^depute:\/\/delegations\/([^/?#]+)\/output$/;

/** The address of what one delegation answered. */
export const outputUri = (taskId: string): string => OUTPUT_TEMPLATE.replace("{task_id}", encodeURIComponent(taskId));

/** The id in such an address; undefined when it is another. */
export function taskIdIn(uri: string): string | undefined {
  const [, id] = OUTPUT_URI.exec(uri) ?? [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/** Its media type. */
export const outputType = ({ output_data }: Pick<Delegation, "output_data">): string =>
  output_data === null ? "text/plain" : "application/json";

/** A link to it in a result. */
export const outputLink = (delegation: Delegation): ContentBlock => ({
  type: "resource_link",
  uri: outputUri(delegation.task_id),
  name: delegation.task_id,
  description: "The whole answer.",
  mimeType: outputType(delegation),
});
