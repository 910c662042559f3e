import type { Page } from "../page.ts";

export const providersPage: Page = {
  path: "/providers",
  title: "Providers",
  nav: "Providers",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
