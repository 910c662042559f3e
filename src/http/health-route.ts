import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { pingDatabase } from "../db/ping-database.ts";
import { AppError } from "../errors.ts";
import { describeError, log } from "../lib/log.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";
import { VERSION } from "./version.ts";

const health = {
  method: "get",
  path: "/health",
  id: "getHealth",
  tag: "Service",
  scope: null,
  summary: "Whether the service works",
  successes: {
    200: {
      description: "It works.",
      schema: z.object({
        status: z.literal("ok"),
        version: z.string(),
        simulated: z.boolean().meta({ description: "True when the vendors are simulated: nothing is real, nothing is paid." }),
        database: z.literal("ok"),
      }),
      example: { status: "ok", version: VERSION, simulated: false, database: "ok" },
    },
  },
  errors: [],
} as const satisfies Operation;

export function addHealthRoute(api: Api): void {
  api.add(health, async ({ context, config }) => {
    try {
      await pingDatabase(createDatabase(context.env.DB));
    } catch (cause) {
      log.error({ request_id: context.get("requestId"), cause: describeError(cause) }, "the database does not answer");
      throw new AppError("unavailable", "The database does not answer, or lacks migrations.");
    }
    return context.json({ status: "ok", version: VERSION, simulated: config.simulated, database: "ok" });
  });
}
