import type { AttemptSink, Usage } from "../../src/providers/provider.ts";

/** An AttemptSink that keeps everything in order of arrival. */
export class RecordingSink implements AttemptSink {
  readonly texts: string[] = [];
  readonly reasonings: string[] = [];
  readonly usages: Usage[] = [];
  readonly answers: { model?: string | undefined; requestId?: string | undefined }[] = [];
  readonly #onText: (delta: string) => void;

  constructor(onText: (delta: string) => void = () => undefined) {
    this.#onText = onText;
  }

  text(delta: string): void {
    this.texts.push(delta);
    this.#onText(delta);
  }

  reasoning(delta: string): void {
    this.reasonings.push(delta);
  }

  usage(usage: Usage): void {
    this.usages.push(usage);
  }

  answering(info: { model?: string | undefined; requestId?: string | undefined }): void {
    this.answers.push(info);
  }
}
