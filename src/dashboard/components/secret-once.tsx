import type { Child } from "hono/jsx";

/** A secret on the only page that ever shows it, what to do with it, and the way back. */
export function SecretOnce({
  secret,
  back,
  children,
}: {
  secret: string;
  back: { href: string; text: string };
  children: Child;
}) {
  return (
    <section class="panel">
      <p class="notice">This is shown once: it is not kept here. Copy it now.</p>
      <pre class="code" tabindex={0}>
        <code id="secret">{secret}</code>
      </pre>
      <p>{children}</p>
      <p>
        <a href={back.href}>{back.text}</a>
      </p>
    </section>
  );
}
