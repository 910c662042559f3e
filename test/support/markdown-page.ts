import { readFileSync } from "node:fs";

/** A fenced block of a page; `line` is that of its fence, from 1. */
export type Block = { language: string; text: string; line: number };

/** The fenced blocks of a page in their order. Throws when one is not closed. */
export function blocksOf(file: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) {
      if (open !== undefined) open.text += `${line}\n`;
    } else if (open === undefined) {
      open = { language: fence[1]?.trim() ?? "", text: "", line: index + 1 };
    } else {
      blocks.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line} opens a block that nothing closes`);
  return blocks;
}
