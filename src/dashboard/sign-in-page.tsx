import type { DeputeError } from "../client/depute-error.ts";
import { document } from "./document.tsx";
import { Problem, Simulated } from "./layout.tsx";

type SignIn = { next: string; error?: DeputeError | undefined; hasSecret: boolean; simulated: boolean };

/** The page that asks for a key. */
export const signInPage = (options: SignIn) =>
  document(
    "Sign in",
    <main id="main" class="signin">
      <h1>depute</h1>
      {options.simulated && <Simulated />}
      {options.error !== undefined && <Problem error={options.error} />}
      {options.hasSecret ? <SignInForm next={options.next} /> : <NoSecret />}
    </main>,
  );

function SignInForm({ next }: { next: string }) {
  return (
    <form method="post" action="/sign-in">
      <input type="hidden" name="next" value={next} />
      <label>
        <span>Key</span>
        <input name="key" type="password" required autocomplete="current-password" autofocus spellcheck={false} />
      </label>
      <p class="muted">
        Any key of a workspace, <code>dpt_…</code>, or the owner key. Under <code>npm start</code> that is in{" "}
        <code>admin-key</code> in the state folder.
      </p>
      <button type="submit" class="primary">
        Sign in
      </button>
    </form>
  );
}

function NoSecret() {
  return (
    <div class="notice bad" role="alert">
      <p>
        Nobody can sign in yet: this deployment has no <code>DEPUTE_SECRET</code>, with which sessions are sealed.
      </p>
      <p>
        Set it to at least 32 random characters: <code>openssl rand -base64 48 | npx wrangler secret put DEPUTE_SECRET</code>
      </p>
    </div>
  );
}
