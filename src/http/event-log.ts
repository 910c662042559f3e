import { z } from "zod";
import { lastEventId, logAnswer, wantedLogType } from "./event-answer.ts";
import type { HttpContext } from "./http-env.ts";
import { integerParameter } from "./query-parameters.ts";

type LogOutcome = { kind: "stream"; stream: ReadableStream<Uint8Array> } | { kind: "ended" };

/** What every operation that tells a log says of itself; `last` is the type of the last event. */
export const logOperation = <S extends z.ZodType>(event: S, listId: string, last: string) =>
  ({
    description: `\`Accept: text/event-stream\` follows it live until \`${last}\` (\`id:\` is \`seq\`; a reconnect with \`Last-Event-ID\` goes on after it, and 204 says that nothing more will come); \`application/x-ndjson\` gives what there is now, a line each; anything else the same as one JSON object.`,
    querySchema: z.strictObject({
      after: integerParameter(0, Number.MAX_SAFE_INTEGER, "Only events whose `seq` is greater.").optional(),
    }),
    headers: { "Last-Event-ID": "As `after`, and before it; sent by browsers when they reconnect." },
    successes: {
      200: {
        description: "The events.",
        schema: z.object({ data: z.array(event) }).meta({ id: listId }),
        entry: event,
        mediaTypes: ["application/json", "text/event-stream", "application/x-ndjson"],
      },
      204: { description: "With `text/event-stream`: the log has ended and the caller has seen its end." },
    },
  }) as const;

/** A log as the caller wants it. `read` gives it after a `seq`, and throws AppError when there is none. */
export async function answerLog(
  context: HttpContext,
  query: { after?: number | undefined },
  read: (after: number, format: "sse" | "ndjson") => Promise<LogOutcome>,
): Promise<Response> {
  const type = wantedLogType(context);
  const after = lastEventId(context) ?? query.after ?? 0;
  const outcome = await read(after, type === "text/event-stream" ? "sse" : "ndjson");
  return logAnswer(type, outcome.kind === "stream" ? outcome.stream : undefined);
}
