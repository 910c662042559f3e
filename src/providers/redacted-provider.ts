import { type Completion, type PollOutcome, type Provider, ProviderError } from "./provider.ts";

/** A shorter word is a placeholder (a local endpoint's "none"), and would be taken out of ordinary text. */
const SHORTEST_SECRET = 8;

/**
 * The provider, with `secret` (its account's credential) taken out of everything the vendor says in errors and refusals:
 * those texts go on record, and a vendor may quote the key it refuses. Answers are passed on as they are.
 */
export function redactedProvider(provider: Provider, secret: string | undefined): Provider {
  if (secret === undefined || secret.length < SHORTEST_SECRET) return provider;
  const clean = (text: string) => text.replaceAll(secret, "[key]");
  const guarded = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (thrown) {
      throw thrown instanceof ProviderError ? cleanError(thrown, clean) : thrown;
    }
  };
  if (provider.kind === "streaming") {
    return {
      kind: "streaming",
      stream: async (request, sink, signal) => cleanCompletion(await guarded(provider.stream(request, sink, signal)), clean),
    };
  }
  return {
    kind: "polling",
    create: (request, signal) => guarded(provider.create(request, signal)),
    find: (request, signal) => guarded(provider.find(request, signal)),
    poll: async (handle, request, signal) => cleanOutcome(await guarded(provider.poll(handle, request, signal)), clean),
  };
}

type Clean = (text: string) => string;

function cleanError(error: ProviderError, clean: Clean): ProviderError {
  const { code, free, retryAfterMs, requestId, cause } = error;
  return new ProviderError(code, clean(error.message), { free, retryAfterMs, requestId, cause });
}

const cleanCompletion = (completion: Completion, clean: Clean): Completion =>
  completion.detail === undefined ? completion : { ...completion, detail: clean(completion.detail) };

function cleanOutcome(outcome: PollOutcome, clean: Clean): PollOutcome {
  if (outcome.state === "failed") return { ...outcome, error: cleanError(outcome.error, clean) };
  return outcome.state === "ended" ? { ...outcome, completion: cleanCompletion(outcome.completion, clean) } : outcome;
}
