import type { PageImage } from './image.ts';
import { type PictureOptions, pictureOf } from './picture.ts';
import { drawPlaceholder } from './placeholder-drawing.ts';

/** How the element looks at a moment. */
export interface Look {
  busy: boolean;
  /** What a screen reader says of the placeholder while the element is busy. */
  label: string;
  /** Whether the author's own content takes the picture's place. */
  instead: boolean;
  /** The box's aspect ratio, where it is not the stylesheet's. */
  ratio: string;
  alt: string;
  /** The lines below, `undefined` for none. */
  caption: string[] | undefined;
}

/** The element's shadow tree. The frame's size depends on nothing that arrives later. */
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

  /** Puts an image into the frame, in place of any before; to be seen once it is loaded. */
  place(pageImage: PageImage, options: PictureOptions): void {
    // A picture that has been taken down meanwhile has nothing more to say.
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

  show({ busy, label, instead, ratio, alt, caption }: Look): void {
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

/** The words may run in another direction than the page, and then bring their punctuation along. */
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

/** Colours in front of which the picture appears. They are decoration and may as well be missing. */
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
