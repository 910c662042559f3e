import { version } from "../../package.json";

/** The version of this deployment. */
export const VERSION = version;
