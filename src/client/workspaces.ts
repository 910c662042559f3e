import type { NewWorkspace, Workspace, WorkspaceInput } from "../http/workspace-routes.ts";
import { ask, type CallOptions, each, find, pathOf } from "./ask.ts";
import { type Camel, type Input, snake } from "./camel-case.ts";
import type { Transport } from "./transport.ts";

export type WorkspaceRecord = Camel<Workspace>;
/** The same with the workspace's first key, which is shown this once. */
export type NewWorkspaceRecord = Camel<NewWorkspace>;

/** The tenants of the deployment, for the owner's key. */
export const workspaces = (transport: Transport) => ({
  /** Makes a workspace and its first key, which has every scope. */
  create: (input: Input<WorkspaceInput>, options: CallOptions = {}): Promise<NewWorkspaceRecord> =>
    ask<NewWorkspace>(transport, { method: "POST", path: "/v1/workspaces", body: snake(input), ...options }),
  /** Newest first; `default` comes last. */
  list: (options: CallOptions = {}): AsyncGenerator<WorkspaceRecord> => each<Workspace>(transport, "/v1/workspaces", {}, options),
  /** One workspace; null when there is none of this name. */
  get: (workspace: string, options: CallOptions = {}): Promise<WorkspaceRecord | null> =>
    find<Workspace>(transport, pathOf("workspaces", workspace), options),
});
