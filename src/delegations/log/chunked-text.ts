/** The part of a Durable Object's storage that is used: synchronous, and durable before anything leaves the object. */
export type KeyValue = {
  get<T>(key: string): T | undefined;
  put<T>(key: string, value: T): void;
  delete(key: string): boolean;
  list<T>(options: {
    prefix: string;
    startAfter?: string;
    end?: string;
    reverse?: boolean;
    limit?: number;
  }): Iterable<[string, T]>;
};

/** Two bytes a character at worst: a row stays under 1 MB, whatever the text (the platform refuses rows over 2 MB). */
const CHUNK_CHARACTERS = 500_000;

/** What a row keeps of a text: the text, or how many chunks it has in rows of their own. */
export type StoredText = string | number;

/** Stores what does not fit one row in rows of its own, under `chunk/<key>/`; returns what the row itself keeps. */
export function chunkedText(rows: KeyValue, key: string, text: string): StoredText {
  if (text.length <= CHUNK_CHARACTERS) return text;
  const chunks = Math.ceil(text.length / CHUNK_CHARACTERS);
  for (let index = 0; index < chunks; index += 1) {
    rows.put(`chunk/${key}/${index}`, text.slice(index * CHUNK_CHARACTERS, (index + 1) * CHUNK_CHARACTERS));
  }
  return chunks;
}

/** The text that `chunkedText` stored. */
export function wholeText(rows: KeyValue, key: string, stored: StoredText | undefined): string | undefined {
  if (typeof stored !== "number") return stored;
  return Array.from({ length: stored }, (_, index) => rows.get<string>(`chunk/${key}/${index}`) ?? "").join("");
}

const LIST_PAGE = 64;

/** Deletes every row whose key begins with `prefix`. */
export function deleteRows(rows: KeyValue, prefix: string): void {
  for (;;) {
    const keys = [...rows.list({ prefix, limit: LIST_PAGE })].map(([key]) => key);
    for (const key of keys) rows.delete(key);
    if (keys.length < LIST_PAGE) return;
  }
}
