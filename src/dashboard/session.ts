import { z } from "zod";
import { open, seal } from "../lib/sealed.ts";

const PLACE = { use: "depute/dashboard-sessions", of: "session" };

/** How long a sign-in lasts at most. */
export const SESSION_SECONDS = 12 * 3_600;

const Session = z.strictObject({ key: z.string(), until: z.number() });

/** Who is signed in: the key itself, so that what becomes of it acts on the next request. `until` in milliseconds. */
export type Session = z.infer<typeof Session>;

/** A session that begins at `now` (milliseconds), as its cookie carries it. Throws without a secret. */
export const sealSession = (key: string, secrets: readonly string[], now: number): Promise<string> =>
  seal(JSON.stringify({ key, until: now + SESSION_SECONDS * 1_000 } satisfies Session), PLACE, secrets);

/** The session that a cookie carries; undefined when this version did not seal it, or it is over at `now`. */
export async function openSession(sealed: string, secrets: readonly string[], now: number): Promise<Session | undefined> {
  const text = await open(sealed, PLACE, secrets);
  if (text === undefined) return undefined;
  const { data: session } = Session.safeParse(JSON.parse(text));
  return session !== undefined && session.until > now ? session : undefined;
}
