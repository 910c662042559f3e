/** Where a command prints and reads; both streams take text as it is, without a line's end added. */
export type Terminal = {
  out(text: string): void;
  err(text: string): void;
  readonly isOutTty: boolean;
  readonly isErrTty: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** All of the standard input, as text. */
  input(): Promise<string>;
};

const CONTROL = /[^\P{Cc}\t\n]/gu;

/** Text of a model that cannot steer the terminal: control characters but tabs and line ends are dropped. */
export const harmless = (text: string): string => text.replace(CONTROL, "");

/** The terminal of this process. */
export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isOutTty: process.stdout.isTTY === true,
  isErrTty: process.stderr.isTTY === true,
  columns: process.stdout.columns ?? 120,
  input: async () => {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("utf8");
  },
});
