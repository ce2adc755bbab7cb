/**
 * A listener for clicks on the answers to a question, such as whether to delete for good: the rest of
 * a double click, on what was there before the question, is no answer. Keys are.
 */
export function deliberate(act: () => void): (event: MouseEvent) => void {
  return ({ detail }) => {
    if (detail <= 1) act();
  };
}
