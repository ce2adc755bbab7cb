import { type Markup, markup } from '../markup.ts';
import { PLACES } from './places.ts';

/**
 * The bar's script is not a module and not deferred: it must run before the element sends its request, and
 * before the first paint.
 */
export const DEVELOPMENT_HEAD: Markup = markup`<link rel="stylesheet" href="/development/bar.css">
<script src="/development/bar.js"></script>`;

/** The bar for visiting from another country. No published page has it. */
export const DEVELOPMENT_BAR: Markup = markup`<aside class="development-bar" aria-label="Development">
<button type="button" aria-expanded="true" aria-controls="development-bar">Development</button>
<div id="development-bar">
<p class="visit"><label>Visit from <select autocomplete="off">
<option value="">where you are</option>
${PLACES.map(({ name, address }) => markup`<option value="${address}">${name}</option>`)}
</select></label> <span class="note"></span></p>
<dl>
<div><dt>Pictures</dt><dd data-of="store"></dd></div>
<div><dt>Made by</dt><dd data-of="generator"></dd></div>
<div><dt>Countries</dt><dd data-of="locator"></dd></div>
<div><dt>Budget</dt><dd data-of="budget"></dd></div>
</dl>
</div>
</aside>`;
