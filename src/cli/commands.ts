import { agents } from "./agents.ts";
import { approve } from "./approve.ts";
import { batch } from "./batch.ts";
import { cancel } from "./cancel.ts";
import type { Command } from "./command.ts";
import { costs } from "./costs.ts";
import { flowChain } from "./flow-chain.ts";
import { flowConsensus } from "./flow-consensus.ts";
import { flowDecompose } from "./flow-decompose.ts";
import { flowImprove } from "./flow-improve.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";
import { models } from "./models.ts";
import { modelsSelect } from "./models-select.ts";
import { reject } from "./reject.ts";
import { retry } from "./retry.ts";
import { run } from "./run.ts";
import { score } from "./score.ts";
import { stats } from "./stats.ts";

/** Every command by its name. */
export const COMMANDS: { readonly [name: string]: Command } = {
  run,
  batch,
  get,
  list,
  cancel,
  approve,
  reject,
  retry,
  score,
  "flow consensus": flowConsensus,
  "flow chain": flowChain,
  "flow improve": flowImprove,
  "flow decompose": flowDecompose,
  costs,
  stats,
  models,
  "models select": modelsSelect,
  agents,
};
