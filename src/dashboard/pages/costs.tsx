import type { Page } from "../page.ts";

export const costsPage: Page = {
  path: "/costs",
  title: "Costs",
  nav: "Costs",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
