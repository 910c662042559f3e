import type { Page } from "../page.ts";

export const agentsPage: Page = {
  path: "/agents",
  title: "Agents",
  nav: "Agents",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
