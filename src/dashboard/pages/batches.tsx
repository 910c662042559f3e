import type { Page } from "../page.ts";

export const batchesPage: Page = {
  path: "/batches",
  title: "Batches",
  nav: "Batches",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
