/**
 * Whether `candidate` is the secret, in a time that depends on the candidate's length alone: it tells nothing about where
 * they differ or how long the secret is.
 */
export function constantTimeEqual(candidate: string, secret: string): boolean {
  let difference = candidate.length ^ secret.length;
  for (let index = 0; index < candidate.length; index += 1) {
    difference |= candidate.charCodeAt(index) ^ secret.charCodeAt(index % secret.length);
  }
  return difference === 0;
}
