import type { PollingProvider, PollOutcome } from "../../src/providers/provider.ts";

/** One call the vendor is to get, and what it answers, now or later; an Error is thrown. */
export type ScriptedCall =
  | { call: "create"; answer: string | Error | Promise<string> }
  | { call: "find"; answer: string | undefined | Error }
  | { call: "poll"; answer: PollOutcome | Error | Promise<PollOutcome> };

/** A vendor that works on its own, by a script. `faults` says what went otherwise: the code under test survives whatever it is told. */
export class ScriptedPollingProvider implements PollingProvider {
  readonly kind = "polling";
  readonly #script: ScriptedCall[];
  readonly #unscripted: string[] = [];
  /** The handles that were asked for, in order. */
  readonly polled: string[] = [];

  constructor(script: ScriptedCall[]) {
    this.#script = [...script];
  }

  async create(): Promise<string> {
    return answered(await this.#next("create").answer);
  }

  async find(): Promise<string | undefined> {
    return answered(this.#next("find").answer);
  }

  async poll(handle: string): Promise<PollOutcome> {
    this.polled.push(handle);
    return answered(await this.#next("poll").answer);
  }

  /** Calls that came unscripted, and calls that never came. */
  get faults(): string[] {
    return [...this.#unscripted, ...this.#script.map(({ call }) => `${call} never came`)];
  }

  #next<Call extends ScriptedCall["call"]>(call: Call): Extract<ScriptedCall, { call: Call }> {
    const scripted = this.#script.shift();
    if (scripted?.call === call) return scripted as Extract<ScriptedCall, { call: Call }>;
    this.#unscripted.push(`${call} instead of ${scripted?.call ?? "nothing"}`);
    throw new Error("unscripted");
  }
}

function answered<Answer>(answer: Answer | Error): Answer {
  if (answer instanceof Error) throw answer;
  return answer;
}
