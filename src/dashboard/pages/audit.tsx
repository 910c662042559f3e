import type { Page } from "../page.ts";

export const auditPage: Page = {
  path: "/audit",
  title: "Audit",
  nav: "Audit",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
