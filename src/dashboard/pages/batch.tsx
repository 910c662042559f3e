import type { Page } from "../page.ts";

export const batchPage: Page = {
  path: "/batches/:batch_id",
  title: (visit) => visit.param("batch_id"),
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
