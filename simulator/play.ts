import { answerTo, CANNED_PACE, piecesOf } from "./answer.ts";
import type { Answer, Asked, Dialect, Frame, Json } from "./dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";
import type { Scenario } from "./scenario.ts";

/** Answers one prompt in the vendor's words as the scenario says; without one, with a canned text in a natural pace. */
export async function play(
  exchange: Exchange,
  dialect: Dialect,
  { asked, body, id, scenario, fast }: { asked: Asked; body: Json; id: string; scenario: Scenario | undefined; fast: boolean },
): Promise<void> {
  const script = scenario ?? (fast ? {} : CANNED_PACE);
  await exchange.pause(script.headers_ms);
  const refusal = refusalOf(dialect, script);
  if (refusal !== undefined) return refuse(exchange, dialect, id, refusal);
  const answer = answerTo(asked, scenario, id);
  if (!asked.streamed) {
    await exchange.pause(script.first_ms);
    return exchange.json(200, dialect.whole(answer), dialect.headers(id, answer));
  }
  exchange.head(200, { "content-type": "text/event-stream", "cache-control": "no-cache", ...dialect.headers(id, answer) });
  await stream(exchange, dialect, answer, body, script);
}

/** Answers with the vendor's HTTP error. */
export function refuse(exchange: Exchange, dialect: Dialect, id: string, refusal: Parameters<Dialect["refuse"]>[0]): void {
  const { status, headers, body } = dialect.refuse(refusal);
  exchange.json(status, body, { ...dialect.headers(id, undefined), ...headers });
}

function refusalOf(dialect: Dialect, script: Scenario): Parameters<Dialect["refuse"]>[0] | undefined {
  if (script.outcome !== undefined && dialect.refusedOutcomes.includes(script.outcome)) {
    return { status: 400, error: "context_overflow" };
  }
  if (script.fault?.kind === "error_event" || (script.status === undefined && script.error === undefined)) return undefined;
  const { error, retry_after } = script;
  return {
    status: script.status ?? (error === "context_overflow" ? 400 : 429),
    ...(error === undefined ? {} : { error }),
    ...(retry_after === undefined ? {} : { retry_after }),
  };
}

async function stream(exchange: Exchange, dialect: Dialect, answer: Answer, body: Json, script: Scenario): Promise<void> {
  let sent = 0;
  for (const frame of dialect.frames(answer, piecesOf(answer, script.delta_chars), body)) {
    if (isBreak(frame, sent, script)) return breakOff(exchange, dialect, script);
    if (frame.kind === "delta") await exchange.pause(sent++ === 0 ? script.first_ms : script.delay_ms);
    await exchange.write(frame.data, script.split_bytes);
  }
  exchange.end();
}

const isBreak = (frame: Frame, sent: number, { fault }: Scenario): boolean =>
  fault !== undefined && (frame.kind === "end" || (frame.kind === "delta" && sent === fault.after));

async function breakOff(exchange: Exchange, dialect: Dialect, { fault, status, split_bytes }: Scenario): Promise<void> {
  switch (fault?.kind) {
    case "hang":
      return exchange.waitForClientToLeave();
    case "drop":
      return exchange.drop();
    case "error_event":
      await exchange.write(dialect.errorFrame(status ?? 500), split_bytes);
      return exchange.end("", { broken: true });
    case "malformed":
      await exchange.write(dialect.malformedFrame, split_bytes);
      return exchange.waitForClientToLeave({ broken: true });
    default:
      return exchange.end("", { broken: true });
  }
}
