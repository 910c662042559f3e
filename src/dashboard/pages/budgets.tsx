import type { Page } from "../page.ts";

export const budgetsPage: Page = {
  path: "/budgets",
  title: "Budgets",
  nav: "Budgets",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
