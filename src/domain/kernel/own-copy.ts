/** A text that was put together or cut out keeps alive what it was made of; its copy does not. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
