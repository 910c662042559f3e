import { COPILOT_MODELS } from "./catalogue/copilot.ts";
import { currentModel } from "./lifecycle.ts";
import { type ModelChoice, refused, resolved } from "./model-choice.ts";

const dashed = (id: string): string => id.replaceAll(".", "-");

/** GitHub's id for a model asked of copilot: GitHub's own spelling, or an alias or vendor id that GitHub offers too. */
export function copilotModel(model: string, on: Date): ModelChoice {
  if (COPILOT_MODELS.includes(model)) return resolved("copilot", model, model);
  const known = currentModel(model, on);
  const vendorId = known?.model?.id;
  const offered = vendorId === undefined ? undefined : COPILOT_MODELS.find((id) => dashed(id) === dashed(vendorId));
  if (offered === undefined) {
    return refused(
      "model",
      `copilot offers no model ${model}. It offers: ${COPILOT_MODELS.join(", ")}; without a model GitHub chooses.`,
    );
  }
  const warnings = known?.model === undefined ? [] : known.warnings;
  return resolved("copilot", offered, model, { warnings });
}
