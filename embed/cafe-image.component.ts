import { type PropertyDeclarations, ReactiveElement, unsafeCSS } from 'lit';
import styles from './cafe-image.css?inline';
import { CafeImageView } from './cafe-image.view.ts';
import { defaultApiUrl } from './default-api-url.ts';
import type { PageImage } from './image.ts';
import { whenNear } from './near-viewport.ts';
import { type PageContext, pageContext } from './page-context.ts';
import { dropImage, knownImage, requestImage } from './requests/requests.ts';
import { warn } from './warning.ts';
import { watchLocation } from './watch-location.ts';
import { altOf, type CafeImageStrings, captionOf, ENGLISH } from './words.ts';

/** `waiting` until the element is near the viewport or the page is printed; then `loading`, until the request ends. */
export type CafeImageStatus = 'waiting' | 'loading' | 'loaded' | 'failed';

/** The detail of `cafe-image-load`. */
export interface CafeImageLoad {
  pagePath: string;
  pageType: string;
  image: PageImage;
  /** The former name of `image`. */
  dish: PageImage;
}

/** The detail of `cafe-image-error`. */
export interface CafeImageError {
  pagePath: string;
  pageType: string;
  /**
   * - `network`: no response
   * - `refused`: an error response, a policy of the page, or an origin that is not allowed
   * - `picture`: the image file does not load
   */
  reason: 'network' | 'refused' | 'picture';
  /** The HTTP status of an error response. */
  status: number | undefined;
}

/**
 * Shows the page's picture: a dish that is popular in the reader's country.
 *
 * It requests the picture once per page and session, when the element is near the viewport. It never
 * throws an error into the host page.
 *
 * @slot - content to show if there is no picture
 * @fires cafe-image-load - the picture is visible
 * @fires cafe-image-error - there is no picture
 * @csspart frame - the box, whose size never changes
 * @csspart placeholder - the drawing in the box while there is no picture
 * @csspart blur - a blurred preview while the picture loads
 * @csspart image - the picture
 * @csspart fallback - the author's content, shown if there is no picture
 * @csspart caption - the lines below the box
 * @cssproperty [--cafe-image-width=32rem] - maximum width of the element; a length, not a percentage
 * @cssproperty [--cafe-image-ratio=1] - aspect ratio of the box, width to height
 * @cssproperty [--cafe-image-radius=0] - corner radius of the box
 * @cssproperty --cafe-image-background - background of the box; by default a tint of the text colour
 * @cssproperty [--cafe-image-line=currentcolor] - line colour of the drawing
 * @cssproperty [--cafe-image-accent=#d0643f] - colour of the fire in the drawing, and of its glow
 * @cssproperty [--cafe-image-fit=cover] - object-fit of the picture
 * @cssproperty [--cafe-image-fade=0.6s] - duration of the fade-in
 * @cssproperty --cafe-image-caption - colour of the caption
 */
export class CafeImage extends ReactiveElement {
  static override styles = unsafeCSS(styles);
  static override properties: PropertyDeclarations = {
    apiUrl: { attribute: 'api-url' },
    pagePath: { attribute: 'page-path' },
    pageType: { attribute: 'page-type' },
    token: {},
    loading: {},
    sizes: {},
    ratio: {},
    alt: {},
    caption: { type: Boolean },
    strings: { type: Object },
    status: { reflect: true },
  };

  /** Origin or full endpoint of the service. Default: set at build time, else the script's origin. */
  declare apiUrl: string | null;
  /** Default: the document's path, also after a navigation without a page load. */
  declare pagePath: string | null;
  /** `index`, `article` or `archive`. Default: derived from the path. */
  declare pageType: string | null;
  /** The page token, if the service requires one. */
  declare token: string | null;
  /** `eager` requests the picture without waiting for the element to be near the viewport. */
  declare loading: string | null;
  /** As for `<img>`. Default: the width of the element. */
  declare sizes: string | null;
  /** Aspect ratio, such as `16/9`. */
  declare ratio: string | null;
  /** Replaces the service's alternative text. Empty for a decorative picture. */
  declare alt: string | null;
  /** Whether to show the country and the origin of the picture below it. */
  declare caption: boolean;
  /** Replacement texts, as JSON in the attribute. */
  declare strings: Partial<CafeImageStrings> | null;
  /** Read-only. */
  declare status: CafeImageStatus;

  #view: CafeImageView | undefined;
  #page: PageContext | undefined;
  #pageImage: PageImage | undefined;
  #failure: CafeImageError['reason'] | undefined;
  #stopWaiting = () => {};
  #stopWatching = () => {};

  constructor() {
    super();
    this.status = 'waiting';
    this.caption = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = watchLocation(() => this.requestUpdate());
    addEventListener('online', this.#online);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching();
    this.#stopWaiting();
    removeEventListener('online', this.#online);
  }

  /** Requests the picture again, ignoring the remembered one. */
  reload(): void {
    if (!this.#page) return;
    if (this.#pageImage) dropImage(this.#page, this.#pageImage);
    this.#ask(this.#page);
  }

  protected override willUpdate(): void {
    this.#view ??= new CafeImageView(this.renderRoot);
    const { pagePath, pageType, token } = this;
    const page = pageContext(this.apiUrl || defaultApiUrl(), pagePath, pageType, token);
    if (page.key !== this.#page?.key) this.#turnTo(page);
    this.#stopWaiting();
    if (this.status !== 'waiting' || !this.isConnected) return;
    if (this.loading === 'eager') this.#load(page);
    else this.#stopWaiting = whenNear(this, () => this.#load(page));
  }

  #turnTo(page: PageContext): void {
    this.#page = page;
    this.#clear('waiting');
  }

  #load(page: PageContext): void {
    const kept = knownImage(page);
    // The remembered picture may have been deleted. If so, request it once more.
    if (kept) this.#serve(kept, () => this.#ask(page));
    else this.#ask(page);
  }

  async #ask({ ...page }: PageContext): Promise<void> {
    // A new object per request: the response is stale once `#page` is another object.
    this.#page = page;
    this.#clear('loading');
    const answer = await requestImage(page);
    if (page !== this.#page) return;
    if ('url' in answer) this.#serve(answer, () => this.#fail('picture'));
    else this.#fail(answer.status || answer.barrier ? 'refused' : 'network', answer.status);
  }

  #serve(image: PageImage, whenGone: () => void): void {
    this.#pageImage = image;
    this.status = 'loading';
    this.#view?.place(image, {
      sizes: this.sizes || (this.clientWidth ? `${this.clientWidth}px` : '100vw'),
      onLoad: () => {
        this.status = 'loaded';
        this.#tell('cafe-image-load', { image, dish: image });
      },
      onError: () => {
        if (this.#page) dropImage(this.#page, image);
        whenGone();
      },
    });
    this.requestUpdate();
  }

  #fail(reason: CafeImageError['reason'], status?: number): void {
    const url = this.#pageImage?.url;
    if (url) void warn((why) => why.fileReason(url), url);
    this.#failure = reason;
    this.#clear('failed');
    this.#tell('cafe-image-error', { reason, status });
  }

  #clear(status: CafeImageStatus): void {
    this.#pageImage = undefined;
    this.#view?.clear();
    this.status = status;
    this.requestUpdate();
  }

  #online = (): void => {
    if (this.status === 'failed' && this.#failure !== 'refused' && this.#page) {
      this.#ask(this.#page);
    }
  };

  #tell(event: string, what: object): void {
    const { pagePath, pageType } = this.#page as PageContext;
    const detail = { pagePath, pageType, ...what };
    this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, detail }));
  }

  protected override updated(): void {
    const words = { ...ENGLISH, ...this.strings };
    const failed = this.status === 'failed';
    const about = this.#pageImage;
    this.#view?.show({
      busy: !failed && this.status !== 'loaded',
      label: words.busy,
      instead: failed && [...this.childNodes].some(isContent),
      ratio: this.ratio ?? '',
      alt: this.alt ?? (about ? altOf(about, this.lang, words) : ''),
      caption: this.caption ? captionOf(about, this.lang, words, failed) : undefined,
    });
  }
}

/** Whether a child is visible content. `<noscript>` is not: scripts run here. */
function isContent({ nodeType, nodeName, textContent }: Node): boolean {
  if (nodeType === Node.TEXT_NODE) return !!textContent?.trim();
  return nodeType === Node.ELEMENT_NODE && !/^(noscript|template|script|style)$/i.test(nodeName);
}
