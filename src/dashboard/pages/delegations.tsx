import type { Page } from "../page.ts";

export const delegationsPage: Page = {
  path: "/delegations",
  title: "Delegations",
  nav: "Delegations",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
