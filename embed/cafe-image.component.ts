import { type PropertyDeclarations, ReactiveElement, unsafeCSS } from 'lit';
import styles from './cafe-image.css?inline';
import { CafeImageView } from './cafe-image.view.ts';
import { defaultApiUrl } from './default-api-url.ts';
import type { PageImage } from './image.ts';
import { whenNear } from './near-viewport.ts';
import { type PageContext, pageContext } from './page-context.ts';
import { dropImage, knownImage, requestImage } from './requests.ts';
import { warn } from './warning.ts';
import { watchLocation } from './watch-location.ts';
import { altOf, type CafeImageStrings, captionOf, ENGLISH } from './words.ts';

/** `waiting` until it is near the viewport or printed, `loading` until there is a picture or none to be had. */
export type CafeImageStatus = 'waiting' | 'loading' | 'loaded' | 'failed';

/** What `cafe-image-load` tells. */
export interface CafeImageLoad {
  pagePath: string;
  pageType: string;
  image: PageImage;
  /** The former name of `image`. */
  dish: PageImage;
}

/** What `cafe-image-error` tells. */
export interface CafeImageError {
  pagePath: string;
  pageType: string;
  /** No answer came, the service or the page's own policy refused, or the picture's file does not load. */
  reason: 'network' | 'refused' | 'picture';
  /** The cafe's HTTP status, where it refused. */
  status: number | undefined;
}

/**
 * The page's picture: a dish popular where the reader is.
 *
 * It asks for it once a page and session, when the reader comes near, and never throws at its page.
 *
 * @slot - what to show instead if there is no picture
 * @fires cafe-image-load - the picture is to be seen
 * @fires cafe-image-error - there is none
 * @csspart frame - the box, whose size never changes
 * @csspart placeholder - the drawing in it, until there is a picture
 * @csspart blur - the picture's blurred colours, until it is loaded
 * @csspart image - the picture
 * @csspart fallback - the author's content, where there is no picture
 * @csspart caption - the line below
 * @cssproperty [--cafe-image-width=32rem] - the element's greatest width; a length, no percentage
 * @cssproperty [--cafe-image-ratio=1] - the box's width to its height
 * @cssproperty [--cafe-image-radius=0] - of its corners
 * @cssproperty --cafe-image-background - of the box, a tint of the text's colour
 * @cssproperty [--cafe-image-line=currentcolor] - of the drawing
 * @cssproperty [--cafe-image-accent=#d0643f] - of its fire, and of its glow
 * @cssproperty [--cafe-image-fit=cover] - how the picture fills the box
 * @cssproperty [--cafe-image-fade=0.6s] - how long it takes to appear
 * @cssproperty --cafe-image-caption - the caption's colour
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

  /** The cafe's origin or whole endpoint; by default that of the build, or of this script. */
  declare apiUrl: string | null;
  /** By default the document's own, also when it moves on without loading. */
  declare pagePath: string | null;
  /** `index`, `article` or `archive`; by default after the path. */
  declare pageType: string | null;
  /** The page's token, for a cafe that asks for one. */
  declare token: string | null;
  /** `eager` asks without waiting for the reader to come near. */
  declare loading: string | null;
  /** As for `<img>`; by default the element's own width. */
  declare sizes: string | null;
  /** Width to height, such as `16/9`. */
  declare ratio: string | null;
  /** Instead of the cafe's alternative text; empty for a picture that is mere decoration. */
  declare alt: string | null;
  /** Whether to say below where the dish is from, and that it is not a photograph. */
  declare caption: boolean;
  /** Other words, as JSON in the attribute. */
  declare strings: Partial<CafeImageStrings> | null;
  /** To be read only. */
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

  /** Asks the cafe again, whatever is known of this page. */
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
    if (this.loading === 'eager') this.#ask(page);
    else this.#stopWaiting = whenNear(this, () => this.#ask(page));
  }

  #turnTo(page: PageContext): void {
    this.#page = page;
    this.#clear('waiting');
    const kept = knownImage(page);
    // A picture from before may be gone by now, which is worth one more request.
    if (kept) this.#serve(kept, () => this.#ask(page), 'lazy');
  }

  async #ask({ ...page }: PageContext): Promise<void> {
    // This object stands for this request: an answer is stale once there is another.
    this.#page = page;
    this.#clear('loading');
    const answer = await requestImage(page);
    if (page !== this.#page) return;
    if ('url' in answer) this.#serve(answer, () => this.#fail('picture'), 'eager');
    else this.#fail(answer.status || answer.barrier ? 'refused' : 'network', answer.status);
  }

  #serve(image: PageImage, whenGone: () => void, loading: 'eager' | 'lazy'): void {
    this.#pageImage = image;
    this.status = 'loading';
    this.#view?.place(image, {
      sizes: this.sizes || (this.clientWidth ? `${this.clientWidth}px` : '100vw'),
      loading: this.loading === 'eager' ? 'eager' : loading,
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

/** Whether a child is something to be seen. A `<noscript>` is what the author has for other browsers. */
function isContent({ nodeType, nodeName, textContent }: Node): boolean {
  if (nodeType === Node.TEXT_NODE) return !!textContent?.trim();
  return nodeType === Node.ELEMENT_NODE && !/^(noscript|template|script|style)$/i.test(nodeName);
}
