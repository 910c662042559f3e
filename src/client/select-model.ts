import type { SelectionAnswer } from "../http/select-route.ts";
import { type Camel, camel, snake } from "./camel-case.ts";
import type { BudgetMode, ComplexityLevel, TaskType } from "./model-words.ts";
import type { Transport } from "./transport.ts";

export type SelectModelInput = {
  taskType?: TaskType;
  complexity?: ComplexityLevel;
  budgetMode?: BudgetMode;
  /** To estimate the cost, and the complexity when it is not given. Kept nowhere. */
  prompt?: string;
  signal?: AbortSignal | undefined;
};

/**
 * The model that was chosen, and why. `alias` is its stable name (`claude-opus`, `gpt-4-turbo`): compare by it; as text the
 * selection is its alias. It may be given wherever a model is asked for, and then stands for `model`, the vendor's id.
 */
export type ModelSelection = Camel<SelectionAnswer> & { toString(): string };

/** Chooses a model for a kind of work among the providers that are configured. Nothing is spent. Throws DeputeError. */
export async function selectModel(transport: Transport, { signal, ...fields }: SelectModelInput = {}): Promise<ModelSelection> {
  const path = "/v1/models/select";
  const answer = await transport.json<SelectionAnswer>({ method: "POST", path, body: snake(fields), again: "freely", signal });
  const selection = camel(answer);
  return Object.defineProperty(selection, "toString", { value: () => selection.alias });
}
