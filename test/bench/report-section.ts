/** One part of the report for people. */
export const section = (title: string, body: string): string => `${title}\n\n${body}`;
