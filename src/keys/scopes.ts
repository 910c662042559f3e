/** What a key may let its holder do; none includes another. */
export const SCOPES = ["delegate", "read", "approve", "admin"] as const;
export type Scope = (typeof SCOPES)[number];
