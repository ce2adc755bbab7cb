/** The entry of pages that were written for the app before this element. */
import './platforms/browser.ts';

/** Such pages call it; the places are found without. */
export function init(): void {}
