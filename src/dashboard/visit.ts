import type { Client } from "../client/create-client.ts";
import type { DeputeError } from "../client/depute-error.ts";
import type { CallerRecord } from "../client/reports.ts";
import type { Scope } from "../keys/scopes.ts";

/** One request of somebody who is signed in, as a page sees it. */
export type Visit = {
  /** The API, in process, with the visitor's own key. Throws DeputeError: let it through, it becomes the page that says why. */
  client: Client;
  caller: CallerRecord;
  /** Of the page, with its query; of an action, that of the page it belongs to. */
  url: URL;
  /** What the pattern of the path names, decoded. */
  param: (name: string) => string;
  may: (scope: Scope) => boolean;
  /** What every form carries; see `Form`. */
  token: string;
  simulated: boolean;
  /** Why the action that was just tried did not work, and what its form held. */
  refused: Refusal | undefined;
  /** Milliseconds. */
  now: number;
};

type Refusal = { error: DeputeError; form: URLSearchParams };

/** What a form field held when its action was refused, otherwise `otherwise`. */
export const given = ({ refused }: Visit, field: string, otherwise = ""): string => refused?.form.get(field) ?? otherwise;
