import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { addWorkspace, findWorkspace, listWorkspaces, type WorkspaceRow } from "../db/workspaces.ts";
import { AppError } from "../errors.ts";
import { keyView, NewKey } from "../keys/key.ts";
import { makeKey } from "../keys/make-key.ts";
import { SCOPES } from "../keys/scopes.ts";
import { DEFAULT_WORKSPACE } from "../lib/default-workspace.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Call, Operation } from "./operation.ts";
import { idFactory } from "./task-id.ts";

const newKeyId = idFactory("key");
const FIRST_KEY_NAME = "first key";

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1–63 of a–z 0–9 - and begin with a letter or digit");

const WorkspaceInput = z
  .strictObject({
    workspace: Name.meta({ description: "Its name, for good.", example: "research" }),
    title: z.string().trim().min(1).max(200).optional().meta({ description: "For people. The name unless given." }),
  })
  .meta({ id: "WorkspaceInput" });
export type WorkspaceInput = z.infer<typeof WorkspaceInput>;

const Workspace = z
  .object({
    workspace: z.string(),
    title: z.string(),
    created_at: z.iso.datetime().nullable().meta({ description: "Null: it was always there." }),
    created_by: z.string().nullable(),
  })
  .meta({ id: "Workspace" });
export type Workspace = z.infer<typeof Workspace>;
const NewWorkspace = Workspace.extend({ key: NewKey }).meta({ id: "NewWorkspace" });
export type NewWorkspace = z.infer<typeof NewWorkspace>;

const OWNED = { tag: "Team", scope: "admin", ownerOnly: true } as const;

const create = {
  ...OWNED,
  method: "post",
  path: "/v1/workspaces",
  id: "createWorkspace",
  summary: "Make a workspace and its first key",
  description:
    "Workspaces share nothing but the accounts at the vendors, which are the deployment's. The first key has every scope and makes the others. For now a workspace is not deleted: revoke its keys.",
  bodySchema: WorkspaceInput,
  bodyExample: { workspace: "research", title: "The research team" },
  successes: {
    201: { description: "The workspace, and its first key, shown this once.", schema: NewWorkspace },
  },
  errors: ["conflict"],
} as const satisfies Operation;

const list = {
  ...OWNED,
  method: "get",
  path: "/v1/workspaces",
  id: "listWorkspaces",
  summary: "List the workspaces, newest first",
  description: "`default` is always there, and comes last.",
  querySchema: z.strictObject(PAGE_PARAMETERS),
  successes: { 200: { description: "One page.", schema: pageSchema(Workspace, "WorkspaceList") } },
  errors: [],
} as const satisfies Operation;

const read = {
  ...OWNED,
  method: "get",
  path: "/v1/workspaces/{workspace}",
  id: "getWorkspace",
  summary: "Read a workspace",
  pathSchema: z.strictObject({ workspace: Name }),
  successes: { 200: { description: "The workspace.", schema: Workspace } },
  errors: ["not_found"],
} as const satisfies Operation;

/** The row of what was always there: older than all others. */
const DEFAULT_ROW: WorkspaceRow = { workspace: DEFAULT_WORKSPACE, title: "default", created_at: 0, created_by: "" };

/** The tenants of the deployment; for its owner only. */
export function addWorkspaceRoutes(api: Api): void {
  api.add(create, createWorkspace);
  api.add(list, async ({ context, query }) => {
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      query,
      { list: "workspaces" },
      async (page) => {
        const made = await listWorkspaces(database, page);
        return page.after?.id === DEFAULT_WORKSPACE || made.length === page.limit ? made : [...made, DEFAULT_ROW];
      },
      ({ created_at, workspace }) => ({ value: created_at, id: workspace }),
    );
    return context.json({ data: rows.map(viewOf), next_cursor });
  });
  api.add(read, async ({ context, path: { workspace } }) => {
    const made = await findWorkspace(createDatabase(context.env.DB), workspace);
    const row = made ?? (workspace === DEFAULT_WORKSPACE ? DEFAULT_ROW : undefined);
    if (row === undefined) throw new AppError("not_found", `There is no workspace ${workspace}.`);
    return context.json(viewOf(row));
  });
}

async function createWorkspace({ context, principal, body: { workspace, title } }: Call<typeof create>): Promise<Response> {
  const now = Date.now();
  const taken = new AppError("conflict", `There is a workspace ${workspace} already.`, [
    { path: "workspace", message: "is taken" },
  ]);
  if (workspace === DEFAULT_WORKSPACE) throw taken;
  const { key, row } = await makeKey({
    workspace,
    key_id: newKeyId(),
    name: FIRST_KEY_NAME,
    scopes: [...SCOPES],
    default_agent: null,
    created_by: principal.key,
    created_at: now,
    expires_at: null,
    idempotency_key: null,
    first_key_id: null,
  });
  const made = { workspace, title: title ?? workspace, created_at: now, created_by: principal.key };
  if (!(await addWorkspace(createDatabase(context.env.DB), made, row, actorOf(context, principal)))) throw taken;
  context.header("Location", `/v1/workspaces/${workspace}`);
  return context.json({ ...viewOf(made), key: { ...keyView(row), key } }, 201);
}

function viewOf({ workspace, title, created_at, created_by }: WorkspaceRow): Workspace {
  const isMade = created_at > 0;
  return {
    workspace,
    title,
    created_at: isMade ? new Date(created_at).toISOString() : null,
    created_by: isMade ? created_by : null,
  };
}
