import { html } from 'lit';
import { keyed } from 'lit/directives/keyed.js';

/**
 * A text that changes and ends at the right of its box, or is centred in it. Each text is a new node. If the
 * same node started at another position, it would count as a layout shift, although nothing around it moves.
 * The box needs a size that does not depend on the text.
 */
export function figure(text: string | number): unknown {
  return keyed(text, html`<span>${text}</span>`);
}
