import { html } from 'lit';
import { keyed } from 'lit/directives/keyed.js';

/**
 * A text that changes and ends at the right of its box, or is centred in it. Each text is a new node, because
 * a node that starts elsewhere counts as a layout shift, although nothing around it moves. The box needs a
 * size that does not depend on the text.
 */
export function figure(text: string | number): unknown {
  return keyed(text, html`<span>${text}</span>`);
}
