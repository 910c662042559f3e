import type { Progress } from "./progress.ts";

/** Shows tasks as they move: lines rewritten in place on a terminal, one line for each piece of news elsewhere. */
export type Screen = { show(progress: Progress, news: string | undefined): void };

type Output = { isTTY?: boolean; columns?: number; write(text: string): unknown };

export function screenFor(output: Output, tasks: readonly Progress[]): Screen {
  const width = Math.max(...tasks.map(({ name }) => name.length)) + 2;
  const line = ({ name, state, characters }: Progress) =>
    `  ${name.padEnd(width)}${state}${characters === 0 ? "" : `, ${characters} characters`}`;
  if (output.isTTY !== true) {
    return {
      show(progress, news) {
        if (news !== undefined) output.write(`${line(progress)}\n`);
      },
    };
  }
  const shown = new Map(tasks.map((task) => [task.name, task]));
  const draw = () => {
    for (const task of shown.values()) output.write(`\x1b[2K${line(task).slice(0, (output.columns ?? 80) - 1)}\n`);
  };
  draw();
  return {
    show(progress) {
      shown.set(progress.name, progress);
      output.write(`\x1b[${shown.size}A`);
      draw();
    },
  };
}
