import type { PageImage } from './image.ts';
import { type PictureOptions, pictureOf } from './picture.ts';
import { drawPlaceholder } from './placeholder-drawing.ts';

export interface ViewState {
  busy: boolean;
  /** The placeholder's label for screen readers while the element is busy. */
  label: string;
  /** Whether to show the author's content instead of the image. */
  instead: boolean;
  /** Overrides the aspect ratio of the stylesheet, unless empty. */
  ratio: string;
  alt: string;
  /** Lines of the caption; `undefined` for no caption. */
  caption: string[] | undefined;
}

/** The element's shadow tree. Nothing that loads later changes the size of the frame. */
export class CafeImageView {
  readonly #figure = element('figure');
  readonly #frame = element('div', 'frame');
  readonly #placeholder = element('div', 'placeholder');
  readonly #fallback = element('slot', 'fallback');
  readonly #slot = element('div');
  readonly #caption = element('figcaption', 'caption');
  #image: HTMLImageElement | undefined;

  constructor(root: ParentNode) {
    this.#placeholder.append(drawPlaceholder());
    this.#placeholder.setAttribute('role', 'img');
    this.#frame.append(this.#placeholder, this.#fallback, this.#slot);
    this.#figure.append(this.#frame);
    root.append(this.#figure);
  }

  /** Replaces the image in the frame. It becomes visible once it is loaded. */
  place(pageImage: PageImage, options: PictureOptions): void {
    // Ignore events of an image that was replaced meanwhile.
    const ifShown = (tell: () => void) => () => {
      if (image === this.#image) tell();
    };
    const { picture, image } = pictureOf(pageImage, {
      ...options,
      onLoad: ifShown(options.onLoad),
      onError: ifShown(options.onError),
    });
    this.#image = image;
    this.#slot.replaceChildren(picture);
    if (pageImage.placeholder) void placeBlur(pageImage.placeholder, picture);
  }

  clear(): void {
    this.#image = undefined;
    this.#slot.replaceChildren();
  }

  show({ busy, label, instead, ratio, alt, caption }: ViewState): void {
    this.#frame.setAttribute('aria-busy', `${busy}`);
    this.#frame.style.aspectRatio = ratio;
    this.#placeholder.setAttribute('aria-label', label);
    this.#placeholder.setAttribute('aria-hidden', String(!busy));
    this.#placeholder.hidden = instead;
    this.#fallback.hidden = !instead;
    if (this.#image) this.#image.alt = alt;
    if (caption === undefined) this.#caption.remove();
    else {
      this.#caption.replaceChildren(...caption.map(captionLine));
      this.#figure.append(this.#caption);
    }
  }
}

/** `<bdi>`, because the text may run in another direction than the page. */
function captionLine(text: string): HTMLElement {
  const words = element('bdi');
  words.textContent = text;
  const line = element('div');
  line.append(words);
  return line;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, part?: string) {
  const made = document.createElement(tag);
  if (part) made.setAttribute('part', part);
  return made;
}

/** Shows a blurred preview. Purely decorative, so failures are ignored. */
async function placeBlur(hash: string, picture: HTMLPictureElement): Promise<void> {
  try {
    const { blurOf } = await import('./thumbhash-canvas.ts');
    const blur = blurOf(hash);
    blur.setAttribute('part', 'blur');
    picture.before(blur);
  } catch {
    return;
  }
}
