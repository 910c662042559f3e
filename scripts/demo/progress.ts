import type { DelegationEvent } from "../../src/delegations/events.ts";

/** One task as its events tell it. */
export type Progress = { name: string; state: string; characters: number };

/** The progress after one more event, and what is worth a line of its own (undefined: nothing). */
export function advance(progress: Progress, event: DelegationEvent): { next: Progress; news: string | undefined } {
  const say = (state: string) => ({ next: { ...progress, state }, news: state });
  switch (event.type) {
    case "turn.started":
      return say(`attempt ${event.number} runs on ${nameOf(event.provider, event.model)}`);
    case "item.updated": {
      const characters = progress.characters + event.delta.length;
      return { next: { ...progress, characters }, news: undefined };
    }
    case "turn.failed":
      return say(`attempt ${event.number} failed: ${event.error.code}`);
    case "thread.completed":
      return say(event.status);
    default:
      return { next: progress, news: undefined };
  }
}

function nameOf(provider: string, model: string): string {
  return model === "" ? provider : `${provider} (${model})`;
}
