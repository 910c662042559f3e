/** Reads a source once, from now on, for any number of readers: each gets everything from the beginning. */
export class Replay<T> implements AsyncIterable<T> {
  /** Everything, once the source has ended; rejects when it fails. */
  readonly finished: Promise<readonly T[]>;
  readonly #items: T[] = [];
  #wake: () => void = () => undefined;
  #grown = this.#untilGrown();

  constructor(source: AsyncIterable<T>) {
    this.finished = this.#read(source);
    this.finished.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (let index = 0; ; ) {
      const grown = this.#grown;
      for (const item of this.#items.slice(index)) {
        index++;
        yield item;
      }
      const isOver = await Promise.race([grown.then(() => false), this.finished.then(() => true)]);
      if (isOver && index === this.#items.length) return;
    }
  }

  async #read(source: AsyncIterable<T>): Promise<readonly T[]> {
    for await (const item of source) {
      this.#items.push(item);
      this.#wake();
      this.#grown = this.#untilGrown();
    }
    return this.#items;
  }

  #untilGrown(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
