import type { Page } from "../page.ts";

export const flowsPage: Page = {
  path: "/flows",
  title: "Flows",
  nav: "Flows",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
