/** The value of the first, once all have ended: one that fails keeps no other from its end. Rejects with the first failure. */
export async function allDone<T>(first: Promise<T>, ...others: Promise<unknown>[]): Promise<T> {
  const ended = await Promise.allSettled([first, ...others]);
  const failed = ended.find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return first;
}
