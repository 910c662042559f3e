import type { Page } from "../page.ts";

export const webhooksPage: Page = {
  path: "/webhooks",
  title: "Webhooks",
  nav: "Webhooks",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
