/**
 * Published as `platforms/browser.js`. Defines the element, and puts one into every mount element:
 * `<div data-cafe-image data-page-path data-page-type data-api-url>`, or a `<div>` with
 * `id="bytesized-cafe-app"`. Also handles mount elements that are added or changed later.
 */
import '../cafe-image.ts';

const MARK = 'data-cafe-image';
/** The id is for pages written for the app that preceded this element. */
const PLACES = `[${MARK}], #bytesized-cafe-app`;
const ATTRIBUTES = [
  'page-path',
  'page-type',
  'token',
  'api-url',
  'loading',
  'sizes',
  'ratio',
  'alt',
  'caption',
  'strings',
];

function mount(place: Element): void {
  let image = place.querySelector(':scope > cafe-image');
  if (!image) {
    image = document.createElement('cafe-image');
    // The author's content becomes the fallback.
    image.append(...place.childNodes);
  }
  for (const name of ATTRIBUTES) {
    const value = place.getAttribute(`data-${name}`);
    if (value === image.getAttribute(name)) continue;
    if (value === null) image.removeAttribute(name);
    else image.setAttribute(name, value);
  }
  if (!image.isConnected) place.append(image);
}

function mountWithin(root: ParentNode): void {
  for (const place of root.querySelectorAll(PLACES)) mount(place);
}

new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === 'attributes' && (target as Element).matches(PLACES)) mount(target as Element);
    for (const node of addedNodes) {
      if (node instanceof Element) {
        if (node.matches(PLACES)) mount(node);
        mountWithin(node);
      }
    }
  }
}).observe(document, {
  childList: true,
  subtree: true,
  attributeFilter: [MARK, ...ATTRIBUTES.map((name) => `data-${name}`)],
});
mountWithin(document);
