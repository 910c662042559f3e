const encoder = new TextEncoder();

/** How many bytes `text` takes as UTF-8; a lone surrogate counts three. */
export const utf8Length = (text: string): number => encoder.encode(text).byteLength;
