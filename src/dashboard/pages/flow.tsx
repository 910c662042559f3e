import type { Page } from "../page.ts";

export const flowPage: Page = {
  path: "/flows/:flow_id",
  title: (visit) => visit.param("flow_id"),
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
