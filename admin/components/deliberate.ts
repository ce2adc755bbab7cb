/**
 * A click listener for buttons of a confirmation. It ignores the second click of a double click, which was
 * meant for the button that opened the confirmation.
 */
export function deliberate(act: () => void): (event: MouseEvent) => void {
  return ({ detail }) => {
    if (detail <= 1) act();
  };
}
