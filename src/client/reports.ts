import type { AuditAction } from "../db/audit.ts";
import type { AuditEntry } from "../http/audit-route.ts";
import type { CostReport } from "../http/costs-route.ts";
import type { ModelsReport } from "../http/models-report.ts";
import type { ProviderState } from "../http/providers-route.ts";
import type { StatsReport } from "../http/stats-route.ts";
import type { Caller } from "../http/whoami-route.ts";
import type { ListedModel } from "../models/model-list.ts";
import { ask, type CallOptions, type CreatedSpan, each, listed, type Page, type PageOptions, page, queryOf } from "./ask.ts";
import type { Camel } from "./camel-case.ts";
import { type DelegationFilter, filterQuery } from "./delegations.ts";
import type { Transport } from "./transport.ts";

/** Who did what, and what to. */
export type AuditRecord = Camel<AuditEntry>;

/** Whose key it is, and what it may do. */
export type CallerRecord = Camel<Caller>;

type About = CreatedSpan & Pick<DelegationFilter, "provider" | "model" | "taskType" | "agent">;
/** Created in the time up to now; 24h unless a span is given. */
type Window = { window?: "1h" | "24h" | "7d" | "30d" | "90d" };

type CostGroup = "model" | "provider" | "agent" | "task_type" | "key" | "day" | "batch" | "flow";
/** What sums are grouped by, and which delegations count. */
export type CostQuery = Omit<DelegationFilter, "q" | "sort"> & { groupBy?: readonly CostGroup[] };

export type StatsQuery = About & Window & { groupBy?: readonly ("model" | "provider" | "agent" | "task_type")[] };

/** `models` are the alternatives; all that are configured unless given. */
export type ModelsReportQuery = About & Window & { models?: readonly string[] };

export type AuditFilter = CreatedSpan & { action?: AuditAction; actor?: string; subject?: string };

/** What is told of the whole workspace and deployment. Every one throws DeputeError, or the signal's reason. */
export const reports = (transport: Transport) => ({
  /** What was spent, in US dollars, dearest group first. */
  costs: (query: CostQuery = {}, options: CallOptions = {}): Promise<Camel<CostReport>> =>
    ask<CostReport>(transport, { method: "GET", path: "/v1/costs", query: filterQuery(query), ...options }),
  /** How delegations and their attempts went: success, errors by code, latency. */
  stats: (query: StatsQuery = {}, options: CallOptions = {}): Promise<Camel<StatsReport>> =>
    ask<StatsReport>(transport, { method: "GET", path: "/v1/stats", query: queryOf(query), ...options }),
  /** What the same work would have cost on other models. */
  modelsReport: (query: ModelsReportQuery = {}, options: CallOptions = {}): Promise<Camel<ModelsReport>> =>
    ask<ModelsReport>(transport, { method: "GET", path: "/v1/models/report", query: queryOf(query), ...options }),
  /** The catalogue: names, limits, prices, lifecycle. */
  models: (options: CallOptions = {}): Promise<Camel<ListedModel>[]> => listed<ListedModel>(transport, "/v1/models", options),
  /** Which providers are configured and how they do; `probe` asks each vendor now (scope admin). */
  providers: async ({ probe, signal }: CallOptions & { probe?: boolean } = {}): Promise<Camel<ProviderState>[]> => {
    const call = { method: "GET", path: "/v1/providers", query: { probe }, signal } as const;
    return (await ask<{ data: ProviderState[] }>(transport, call)).data;
  },
  /** Who did what in the workspace, newest first (scope admin). */
  audit: (filter: AuditFilter = {}, options: CallOptions = {}): AsyncGenerator<AuditRecord> =>
    each<AuditEntry>(transport, "/v1/audit", filter, options),
  /** One page of the same. */
  auditPage: (filter: AuditFilter = {}, options: PageOptions = {}): Promise<Page<AuditRecord>> =>
    page<AuditEntry>(transport, "/v1/audit", filter, options),
  /** Whose key the client has, and what it may do. */
  whoami: (options: CallOptions = {}): Promise<CallerRecord> =>
    ask<Caller>(transport, { method: "GET", path: "/v1/whoami", ...options }),
});
