import type { Page } from "../page.ts";

export const overviewPage: Page = {
  path: "/",
  title: "Overview",
  nav: "Overview",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
