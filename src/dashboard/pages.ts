import type { Page } from "./page.ts";
import { agentsPage } from "./pages/agents.tsx";
import { auditPage } from "./pages/audit.tsx";
import { batchPage } from "./pages/batch.tsx";
import { batchesPage } from "./pages/batches.tsx";
import { budgetsPage } from "./pages/budgets.tsx";
import { costsPage } from "./pages/costs.tsx";
import { delegatePage } from "./pages/delegate.tsx";
import { delegationPage } from "./pages/delegation.tsx";
import { delegationsPage } from "./pages/delegations.tsx";
import { flowPage } from "./pages/flow.tsx";
import { flowsPage } from "./pages/flows.tsx";
import { keysPage } from "./pages/keys.tsx";
import { overviewPage } from "./pages/overview.tsx";
import { providersPage } from "./pages/providers.tsx";
import { webhookPage } from "./pages/webhook.tsx";
import { webhooksPage } from "./pages/webhooks.tsx";

/** Every page of who is signed in, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  overviewPage,
  delegatePage,
  delegationsPage,
  delegationPage,
  batchesPage,
  batchPage,
  flowsPage,
  flowPage,
  costsPage,
  providersPage,
  agentsPage,
  keysPage,
  budgetsPage,
  webhooksPage,
  webhookPage,
  auditPage,
];
