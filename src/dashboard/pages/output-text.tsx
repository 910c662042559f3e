/** A text of a model as it is: nothing in it is markup. */
export function OutputText({ text, truncated = false }: { text: string; truncated?: boolean }) {
  return (
    <>
      <pre class="output" tabindex={0}>
        {text}
      </pre>
      {truncated && <p class="muted">Only its beginning is shown here; the delegation has all of it.</p>}
    </>
  );
}
