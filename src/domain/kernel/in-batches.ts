/**
 * Maps a list with a concurrency limit, and starts no further item after a failure. The results
 * keep the order of the list.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    const some = items.slice(at, at + atOnce);
    results.push(...(await Promise.all(some.map((item) => work(item)))));
  }
  return results;
}
