import { z } from "zod";
import type { Api } from "./api.ts";
import { errorLists } from "./error-guide.ts";
import { openApiDocument } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { VERSION } from "./version.ts";

const INFO = {
  title: "depute",
  version: VERSION,
  description: `Delegates prompts to language models: durable, priced and streamed.\n\nThe calls shown take the address of the deployment from \`DEPUTE_URL\` and a key from \`DEPUTE_KEY\`.\n\n${errorLists()}`,
};

const document = {
  method: "get",
  path: "/openapi.json",
  id: "getOpenApiDocument",
  tag: "Service",
  scope: null,
  summary: "This document",
  successes: { 200: { description: "OpenAPI 3.1.", schema: z.record(z.string(), z.unknown()) } },
  errors: [],
} as const satisfies Operation;

/** Add it last: it documents what was added before and itself. */
export function addOpenApiRoute(api: Api): void {
  let text: string | undefined;
  api.add(document, () => {
    text ??= JSON.stringify(openApiDocument(api.operations, INFO));
    return new Response(text, { headers: { "content-type": "application/json" } });
  });
}
