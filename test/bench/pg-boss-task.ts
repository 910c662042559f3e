export const QUEUE = "delegations";

/** What the pg-boss program is started with: folders and addresses, how many tasks, and how its workers take them. */
export type PgBossTask = {
  packages: string;
  database: string;
  vendor: string;
  tasks: number;
  /** Each job by a worker of its own, or all by one worker that fetches them together. */
  mode: "each" | "together";
};
