import { errorTables } from "../../src/http/error-guide.ts";

/** The text of `docs/errors.md`. */
export const errorsPage = (): string => `# Errors

Made of the code by \`npm run docs\`: change it there. The same stands in \`/docs\` of every deployment.

${errorTables()}`;
