import { z } from "zod";

const numberOf = (text: unknown): unknown => (typeof text === "string" && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);

/** A whole number in a query, written in digits. */
export const integerParameter = (min: number, max: number, description: string) =>
  z.preprocess(numberOf, z.int().min(min).max(max)).meta({ description });

/** A decimal number, not negative, in a query. */
export const amountParameter = (description: string) =>
  z.preprocess(numberOf, z.number().min(0).max(1_000_000)).meta({ description });

/** A time in a query, ISO 8601 with its offset; parsed to milliseconds since the epoch. */
export const timeParameter = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .meta({ description, example: "2026-11-22T10:30:45.123Z" })
    .transform((text) => Date.parse(text));

/** One or several of `values`, separated by commas; repeated ones count once. */
export const listParameter = <const V extends readonly string[]>(values: V, description: string) =>
  z
    .string()
    .meta({ description: `${description} One or several, separated by commas, of: ${values.join(", ")}.` })
    .transform((text) => [...new Set(text.split(","))])
    .pipe(z.array(z.enum(values)).min(1));

/** The two ends of a span of creation times. */
export const CREATED_SPAN = {
  created_after: timeParameter("Created at this time or later.").optional(),
  created_before: timeParameter("Created before this time.").optional(),
};
