/** Entry point for pages written for the app that preceded this element. */
import './platforms/browser.ts';

/** Those pages call it. It does nothing: mount elements are found without it. */
export function init(): void {}
