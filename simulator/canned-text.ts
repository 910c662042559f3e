const SUBJECT_CHARS = 90;

/** What a prompt asks for, told by its first telling word. The order decides. */
const TASKS: readonly { words: RegExp; reasoning: string; text: (subject: string) => string }[] = [
  {
    words: /\b(review|audit|critique)\b/i,
    reasoning: "Reading for correctness first, then for failure modes, then for readability.",
    text: (subject) =>
      `Review of “${subject}”:\n\n1. The main path is sound; the inputs are checked where they enter.\n2. The failure path loses its cause: wrap the error instead of replacing it.\n3. One limit is implied but never enforced. State it as a constant and test both sides of it.\n\nVerdict: good to merge once point 2 is settled.`,
  },
  {
    words: /\b(tests?|spec|coverage)\b/i,
    reasoning: "List the promises first; each promise becomes one test.",
    text: (subject) =>
      `Tests for “${subject}”:\n\n- accepts the smallest and the largest allowed input\n- refuses anything outside, naming the field\n- gives the same answer when called twice\n- leaves nothing behind when interrupted half way\n\nThe third one is the most likely to fail today.`,
  },
  {
    words: /\b(summari[sz]e|summary|tl;?dr|abstract)\b/i,
    reasoning: "Keep who, what and why; drop the how.",
    text: (subject) =>
      `Summary of “${subject}”: the work is split into independent parts, each part has one owner, and the results are joined at the end. The open question is cost; everything else is decided.`,
  },
  {
    words: /\b(translate|translation)\b/i,
    reasoning: "Idiom before word order.",
    text: (subject) => `Translation of “${subject}”:\n\n« Un travail bien réparti est à moitié fait. »`,
  },
  {
    words: /\b(plan|design|architecture|decompose|break down|steps)\b/i,
    reasoning: "Find what can be done in parallel, then what everything else waits for.",
    text: (subject) =>
      `Plan for “${subject}”:\n\n1. Write down the contract between the parts.\n2. Build the thinnest path from end to end.\n3. Fill in the parts in parallel, each behind its own test.\n4. Measure, then decide what deserves more work.\n\nSteps 3a–3c are independent and can be delegated at once.`,
  },
  {
    words: /\b(code|function|implement|write a|fix|bug|refactor|script|sql|regex)\b/i,
    reasoning: "The simplest thing that keeps its promise; name the edge case.",
    text: (subject) =>
      `For “${subject}”, this is enough:\n\n\`\`\`ts\nexport function once<T>(make: () => T): () => T {\n  let made: { value: T } | undefined;\n  return () => (made ??= { value: make() }).value;\n}\n\`\`\`\n\nIt calls \`make\` at most once, also when the value is undefined. If \`make\` throws, the next call tries again.`,
  },
  {
    words: /\b(compare|choose|which|versus|vs\.?|pros and cons|trade-?offs?)\b/i,
    reasoning: "Compare on what cannot be changed later.",
    text: (subject) =>
      `On “${subject}”: the first option is cheaper to start and dearer to leave; the second is the other way round. Take the first unless you already know that you will outgrow it within a year.`,
  },
];

const OTHERWISE = {
  reasoning: "A direct question: answer it, then say what would change the answer.",
  text: (subject: string) =>
    `On “${subject}”: the short answer is yes, with one condition. Keep the parts independent, so that each can fail, be retried and be replaced on its own; the rest follows from that.`,
};

/** A canned answer to a prompt without a `@simulate` line: sensible for the kind of task, and plainly a simulation. */
export function cannedText(prompt: string, model: string): { text: string; reasoning: string } {
  const task = TASKS.find(({ words }) => words.test(prompt.slice(0, 2_000))) ?? OTHERWISE;
  const text = task.text(subjectOf(prompt));
  return { text: `${text}\n\n(Simulated answer of ${model || "the vendor"}.)`, reasoning: task.reasoning };
}

function subjectOf(prompt: string): string {
  const line =
    prompt
      .split("\n", 20)
      .find((one) => one.trim() !== "")
      ?.trim() ?? "";
  return line.length <= SUBJECT_CHARS ? line : `${line.slice(0, SUBJECT_CHARS).replace(/\s\S*$/, "")} …`;
}
