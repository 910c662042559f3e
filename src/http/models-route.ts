import { z } from "zod";
import { ListedModel, listModels } from "../models/model-list.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";

const models = {
  method: "get",
  path: "/v1/models",
  id: "listModels",
  tag: "Models",
  scope: "read",
  summary: "The catalogue: names, limits, prices, lifecycle",
  description: "Models of OpenAI-compatible endpoints are named in the deployment's settings and not listed.",
  successes: {
    200: {
      description: "All models, retired ones included.",
      schema: z.object({ data: z.array(ListedModel) }).meta({ id: "ModelList" }),
    },
  },
  errors: [],
} as const satisfies Operation;

export function addModelsRoute(api: Api): void {
  api.add(models, ({ context }) => context.json({ data: listModels() }));
}
