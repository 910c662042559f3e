/** The workspace that is always there: the owner's. */
export const DEFAULT_WORKSPACE = "default";
