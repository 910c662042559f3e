/** One item of a pattern with how often it may come; `inner` are the alternatives of a group. */
type Term = { atom: string; inner: Term[][] | undefined; min: number; max: number };

const TOKEN =
  /\(\?<?[=!]|\(\?<[^>]*>|\(\?[a-z-]*:|\[(?:\\.|[^\]\\])*\]|\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|.)|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;
/** A look to the side or back, or other rules for a part: how long these take is not told by counting. */
const UNCOUNTED = /^(?:\(\?(?:<?[=!]|[a-z-])|\\[1-9k])/;
const QUANTIFIER = /^(?:[*+?]|\{\d)/;
const ASSERTION = /^(?:[\^$]|\\[bB])$/;

/**
 * At most how many steps a backtracking engine takes to test a text of `length` characters against a pattern that compiles;
 * Infinity when no bound is known (look-arounds, back-references, repetitions inside repetitions that no fixed character
 * tells apart). An upper bound: most tests take far fewer.
 */
export function patternSteps(pattern: string): (length: number) => number {
  const tokens = pattern.match(TOKEN) ?? [];
  if (tokens.some((token) => UNCOUNTED.test(token))) return () => Number.POSITIVE_INFINITY;
  const alternatives = parsed(tokens);
  const size = sizeOf(alternatives);
  const anchored = alternatives.length === 1 && alternatives[0]?.[0]?.atom === "^";
  return (length) => (anchored ? 1 : length + 1) * size * waysOf(alternatives, length);
}

/** The alternatives up to the end of the group, which are taken off `tokens`. */
function parsed(tokens: string[]): Term[][] {
  const alternatives: Term[][] = [[]];
  for (let token = tokens.shift(); token !== undefined && token !== ")"; token = tokens.shift()) {
    if (token === "|") {
      alternatives.push([]);
      continue;
    }
    const inner = token.startsWith("(") ? parsed(tokens) : undefined;
    const quantifier = QUANTIFIER.test(tokens[0] ?? "") ? tokens.shift() : undefined;
    alternatives.at(-1)?.push({ atom: token, inner, ...rangeOf(quantifier) });
  }
  return alternatives;
}

function rangeOf(quantifier: string | undefined): { min: number; max: number } {
  if (quantifier === undefined) return { min: 1, max: 1 };
  const [, min, comma, max] = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier) ?? [];
  const most = max === "" && comma === "," ? Number.POSITIVE_INFINITY : Number(max || min);
  if (min !== undefined) return { min: Number(min), max: most };
  return { min: quantifier.startsWith("+") ? 1 : 0, max: quantifier.startsWith("?") ? 1 : Number.POSITIVE_INFINITY };
}

/** How many characters and assertions one way through has to pass at least. */
const sizeOf = (alternatives: Term[][]): number =>
  1 + sum(alternatives.flat().map(({ inner, min }) => Math.max(1, min) * (inner === undefined ? 1 : sizeOf(inner))));

/** In how many ways the alternatives can be gone through, at most. */
const waysOf = (alternatives: Term[][], length: number): number =>
  sum(alternatives.map((terms) => terms.reduce((ways, term) => ways * waysOfTerm(term, length), 1)));

function waysOfTerm({ inner, min, max }: Term, length: number): number {
  const counts = Math.max(1, Math.min(max, length) - min + 1);
  const ways = inner === undefined ? 1 : waysOf(inner, length);
  if (ways === 1 || max === 0) return counts;
  if (inner !== undefined && max > 1 && isDelimited(inner)) return counts * (length + 1);
  return max === Number.POSITIVE_INFINITY ? max : counts * ways ** max;
}

/** True when a fixed character at one end tells one repetition from the next, and each can be gone through in one way only. */
function isDelimited([terms = [], ...others]: Term[][]): boolean {
  if (others.length > 0 || terms.some(({ inner }) => inner !== undefined)) return false;
  return [0, terms.length - 1].some((at) => {
    const { atom, min, max } = terms[at] ?? { atom: "", min: 0, max: 0 };
    const [, character = ""] = /^\\?([^\\])$/su.exec(atom) ?? [];
    if (min !== 1 || max !== 1 || !isFixed(atom, character)) return false;
    const rest = terms.filter((_term, index) => index !== at);
    return rest.filter((term) => term.min !== term.max).length <= 1 && !rest.some((term) => matches(term.atom, character));
  });
}

/** True for a plain character, and for one that is no letter or digit behind a backslash. */
const isFixed = (atom: string, character: string): boolean =>
  character !== "" && atom !== "." && !ASSERTION.test(atom) && (atom === character || /\W/.test(character));

const matches = (atom: string, character: string): boolean => new RegExp(`^(?:${atom})$`, "u").test(character);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
