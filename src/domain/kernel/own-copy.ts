/** A sliced or concatenated string keeps its source strings in memory. The copy does not. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
