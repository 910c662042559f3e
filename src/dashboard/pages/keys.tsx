import type { Page } from "../page.ts";

export const keysPage: Page = {
  path: "/keys",
  title: "Keys",
  nav: "Keys",
  show: async () => <p class="muted">Nothing to show yet.</p>,
};
