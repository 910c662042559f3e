import { afterAll } from "vitest";
import type { JournalEntry, Scenario } from "../../simulator/scenario.ts";
import { simulate } from "../../simulator/simulate.ts";
import { startSimulator } from "../../simulator/simulator.ts";
import { type Completion, ProviderError, type ProviderRequest } from "../../src/providers/provider.ts";
import { providerRequest } from "../support/provider-request.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { providerOf, type VendorName } from "./vendors.ts";

const simulator = await startSimulator();
afterAll(() => simulator.stop());

/** The port of the `discard` service, where no one listens. */
const NOWHERE = "http://127.0.0.1:9";

export type CallOptions = {
  request?: Partial<ProviderRequest>;
  signal?: AbortSignal;
  /** Called with each piece of text as it arrives. */
  onText?: (delta: string) => void;
  /** Nobody listens at the vendor's address. */
  unreachable?: boolean;
};

/** One call of a vendor's adapter that has begun. */
export class SimulatedCall {
  readonly sink: RecordingSink;
  readonly #prompt: string;
  readonly #ended: Promise<Completion>;
  static #calls = 0;

  constructor(vendor: VendorName, scenario: Scenario, { request, signal, onText, unreachable }: CallOptions = {}) {
    this.#prompt = simulate(scenario, `${vendor} ${SimulatedCall.#calls++}`);
    this.sink = new RecordingSink(onText);
    const asked = providerRequest({ ...request, prompt: this.#prompt });
    this.#ended = providerOf(vendor, unreachable ? NOWHERE : simulator.url).stream(
      asked,
      this.sink,
      signal ?? new AbortController().signal,
    );
    this.#ended.catch(() => undefined);
  }

  /** Every request that this call sent. */
  get requests(): JournalEntry[] {
    return simulator.journal().filter((entry) => entry.prompt === this.#prompt);
  }

  /** The one request that this call sent. */
  get request(): JournalEntry {
    const [only, ...others] = this.requests;
    if (only === undefined || others.length > 0) throw new Error(`${this.requests.length} requests were sent instead of one`);
    return only;
  }

  get text(): string {
    return this.sink.texts.join("");
  }

  get reasoning(): string {
    return this.sink.reasonings.join("");
  }

  completion(): Promise<Completion> {
    return this.#ended;
  }

  /** What the call was rejected with. */
  async rejection(): Promise<unknown> {
    const completion = await this.#ended.catch((error: unknown) => ({ error }));
    if ("error" in completion) return completion.error;
    throw new Error(`the call ended as ${completion.outcome} instead of failing`);
  }

  /** The ProviderError that the call was rejected with. */
  async failure(): Promise<ProviderError> {
    const error = await this.rejection();
    if (error instanceof ProviderError) return error;
    throw new Error("the call failed with something other than a ProviderError", { cause: error });
  }
}
