import type { Page } from "../page.ts";

export const delegationPage: Page = {
  path: "/delegations/:task_id",
  title: (visit) => visit.param("task_id"),
  show: async (visit) => {
    const record = await visit.client.getResultsByTaskId(visit.param("task_id"));
    return <pre>{record?.prompt}</pre>;
  },
};
