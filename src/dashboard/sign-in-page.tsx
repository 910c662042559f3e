import type { DeputeError } from "../client/depute-error.ts";
import { document } from "./document.tsx";
import { Problem } from "./layout.tsx";

type SignIn = { next: string; error?: DeputeError | undefined; hasSecret: boolean; simulated: boolean };

/** The page that asks for a key. */
export const signInPage = (options: SignIn) =>
  document(
    "Sign in",
    <main id="main" class="sign-in">
      <h1>depute</h1>
      {options.simulated && (
        <p class="banner" role="note">
          The vendors are simulated: no answer here is real, and nothing is paid.
        </p>
      )}
      {options.error !== undefined && <Problem error={options.error} />}
      {options.hasSecret ? <SignInForm next={options.next} /> : <NoSecret />}
    </main>,
  );

function SignInForm({ next }: { next: string }) {
  return (
    <form method="post" action="/sign-in">
      <input type="hidden" name="next" value={next} />
      <label for="key">Key</label>
      <input id="key" name="key" type="password" required autocomplete="current-password" autofocus spellcheck={false} />
      <p class="muted">
        Any key of a workspace, <code>dpt_…</code>, or the owner key. Under <code>npm start</code> that is in{" "}
        <code>admin-key</code> in the state folder.
      </p>
      <button type="submit">Sign in</button>
    </form>
  );
}

function NoSecret() {
  return (
    <div class="problem" role="alert">
      <p>
        Nobody can sign in yet: this deployment has no <code>DEPUTE_SECRET</code>, with which sessions are sealed.
      </p>
      <p>
        Set it to at least 32 random characters: <code>openssl rand -base64 48 | npx wrangler secret put DEPUTE_SECRET</code>
      </p>
    </div>
  );
}
