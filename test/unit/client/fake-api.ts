import { createClient } from "../../../src/client/index.ts";
import { jsonReply, type WireReply, type WireRequest, WireServer } from "../../support/wire-server.ts";

/** A server that gives each route's reply, or 404, and a client of it. Routes are `METHOD /path`, without the query. */
export async function fakeApi(routes: { [route: string]: (request: WireRequest) => WireReply }) {
  const server = await WireServer.playing((request) => {
    const route = routes[`${request.method} ${request.url.split("?", 1)[0]}`];
    return route?.(request) ?? refusal(404, "not_found", "There is none.");
  });
  return { server, client: createClient({ baseUrl: server.baseUrl, apiKey: "k", maxRetries: 0 }) };
}

export const refusal = (status: number, code: string, detail: string) => jsonReply(status, { code, detail, request_id: "r" });

/** As much of a delegation's JSON as the client looks at. */
export const delegation = (taskId: string, fields: { [name: string]: unknown } = {}) => ({
  task_id: taskId,
  status: "completed",
  output: `output of ${taskId}`,
  output_data: null,
  tokens_used: 5,
  cost: 0.5,
  model: "m",
  error: null,
  warnings: [],
  task_type: null,
  properties: {},
  ...fields,
});

/** The event stream of a task that ended. */
export const ended = (): WireReply => {
  const events = ["thread.started", "item.completed", "thread.completed"].map((type, index) => ({ seq: index + 1, type }));
  return { writes: events.map((event) => `data: ${JSON.stringify(event)}\n\n`) };
};
