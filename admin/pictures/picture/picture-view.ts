import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ImageDetail, ShownPage } from '../../api/api-types.ts';
import { Resource } from '../../api/resource.ts';
import { icon } from '../../components/icons.ts';
import { emptyState, errorState, staleNote } from '../../components/states.ts';
import { countryLabel } from '../../format/country.ts';
import type { PagePicker } from '../../pages/page-picker.ts';
import { pinPicture } from '../../pages/pin-picture.ts';
import { AdminView } from '../../shell/admin-view.ts';
import { filterIn, searchFor } from '../filter/picture-filter.ts';
import { type PictureAct, PictureActs } from '../picture-acts.ts';
import { pictureInApi, pictureView } from '../picture-paths.ts';
import { CONDITION_WORDS, conditionOf } from '../picture-words.ts';
import { actProgress } from './act-progress.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import { pictureActions } from './picture-buttons.ts';
import { pictureFile } from './picture-file.ts';
import { pictureFacts, pictureReason } from './picture-reason.ts';
import { shownOn } from './shown-on.ts';
import '../../pages/page-picker.ts';
import './picture-view.css';

/** The data of the view. */
interface Opened {
  image: ImageDetail;
  neighbours: Neighbours;
}

/** Everything about one picture. */
export class Picture extends AdminView {
  static override properties: PropertyDeclarations = {
    isDeleting: { state: true },
  };

  /** Whether the confirmation of a deletion is shown. */
  declare private isDeleting: boolean;
  #shown: string | undefined;

  readonly #opened = new Resource<Opened>(
    this,
    async (signal) => {
      const { api } = this.context;
      const { id = '' } = this.route.params;
      const filter = filterIn(this.route.query);
      const [image, neighbours] = await Promise.all([
        api.get<ImageDetail>(pictureInApi(id), { signal }),
        neighboursOf(api, id, filter, signal),
      ]);
      return { image, neighbours };
    },
    {
      topics: ['activity', 'generations', 'acts'],
      // Poll in any case, because a proxy may hold back the event stream.
      everyMs: ({ image }) => (image.act?.state === 'running' ? 2000 : undefined),
    },
  );

  readonly #acts = new PictureActs(this, {
    // The picture is loaded again after the act.
    expect: () => {},
    show: () => {},
    recheck: () => {},
  });

  constructor() {
    super();
    this.isDeleting = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.#pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#pressed);
  }

  protected override willUpdate(): void {
    const { id } = this.route.params;
    if (id === this.#shown) return;
    if (this.#shown !== undefined) {
      this.#opened.value = undefined;
      void this.#opened.reload();
    }
    this.#shown = id;
    this.isDeleting = false;
  }

  protected override render(): TemplateResult {
    const { value, error } = this.#opened;
    return html`
      ${this.#crumbs(value?.neighbours)} ${this.#head(value?.image)}
      ${value ? this.#picture(value.image) : this.#instead()}
      ${value && error ? staleNote(error, () => void this.#opened.reload()) : nothing}
      <cafe-admin-page-picker
        .api=${this.context.api}
        @page-chosen=${({ detail }: CustomEvent<ShownPage>) => this.#pin(detail)}
      ></cafe-admin-page-picker>
    `;
  }

  /** Always the same element, because it has the focus when the view opens. */
  #head(image: ImageDetail | undefined): TemplateResult {
    return html`<div class="view-head">
      <div>
        <h1 tabindex="-1">${this.#title(image)}</h1>
        ${image ? aboutLine(image) : nothing}
      </div>
    </div>`;
  }

  #title(image: ImageDetail | undefined): string {
    if (image) return image.page?.path ?? 'Picture without a record';
    return this.#isNone ? 'Picture not found' : 'Picture';
  }

  get #isNone(): boolean {
    const { status } = this.#opened.error ?? {};
    return status === 404 || status === 400;
  }

  #instead(): TemplateResult {
    const { error } = this.#opened;
    if (this.#isNone) {
      const text = 'There is no picture and no record with this ID.';
      return emptyState({ title: 'Unknown ID', text });
    }
    if (error) return errorState(error, () => void this.#opened.reload());
    return html`<div class="picture-parts" role="status">
      <span class="visually-hidden">Loading</span>
      <div class="frame-of-picture bone"></div>
      <div class="card picture-bones"></div>
    </div>`;
  }

  #crumbs(neighbours: Neighbours | undefined): TemplateResult {
    const search = searchFor(filterIn(this.route.query));
    return html`<nav class="crumbs" aria-label="Pictures">
      <a class="button quiet small" href="/admin/pictures${search}">${icon('back')} Pictures</a>
      <span>
        ${this.#step(neighbours?.previous, 'Previous', 'back')}
        ${this.#step(neighbours?.next, 'Next', 'next')}
      </span>
    </nav>`;
  }

  #step(id: string | undefined, label: string, sign: 'back' | 'next'): TemplateResult {
    const name = `${label} picture`;
    return id
      ? html`<a class="button small bare" href="/admin/${this.#pathOf(id)}" aria-label=${name}>${icon(sign)}</a>`
      : html`<button type="button" class="button small bare" aria-label=${name} disabled>
          ${icon(sign)}
        </button>`;
  }

  #picture(image: ImageDetail): TemplateResult {
    return html`
      <div class="picture-parts">
        <figure class="frame-of-picture ${conditionOf(image)}">${pictureFile(image)}</figure>
        <div class="picture-about">
          ${pictureActions({
            image,
            isDeleting: this.isDeleting,
            isBusy: this.#acts.progress !== undefined,
            act: (act) => void this.#act(act, image),
            askToDelete: (asked) => void this.#askToDelete(asked),
            pin: () => this.#picker?.open(),
          })}
          ${actProgress(image, (act) => void this.#repeat(act, image))}
          <section class="card" aria-labelledby="why">
            <h2 id="why">Why this picture?</h2>
            ${pictureReason(image)}
          </section>
          <section class="card" aria-labelledby="facts">
            <h2 id="facts">Details</h2>
            ${pictureFacts(image)}
          </section>
          <section class="card" aria-labelledby="shown-on">
            <h2 id="shown-on">Where it is shown</h2>
            ${shownOn(image)}
          </section>
        </div>
      </div>
    `;
  }

  get #picker(): PagePicker | null {
    return this.querySelector('cafe-admin-page-picker');
  }

  /** The focused button is replaced, so focus the one in its place. */
  async #askToDelete(asked: boolean): Promise<void> {
    this.isDeleting = asked;
    await this.updateComplete;
    this.querySelector<HTMLElement>(asked ? '.keep' : '.delete')?.focus();
  }

  async #act(act: PictureAct, image: ImageDetail): Promise<void> {
    this.isDeleting = false;
    await this.#acts.run(act, [image]);
    await this.#opened.reload();
    await this.updateComplete;
    // The focused button is gone after the act.
    if (document.activeElement === document.body) this.querySelector('h1')?.focus();
  }

  async #repeat(act: PictureAct, image: ImageDetail): Promise<void> {
    await this.#acts.repeat(act, image);
    await this.#opened.reload();
  }

  #pin(page: ShownPage): void {
    const { id = '' } = this.route.params;
    void pinPicture(this.context.api, page, id, () => void this.#opened.reload());
  }

  /** Below `/admin/`. */
  #pathOf(id: string): string {
    return pictureView(id, searchFor(filterIn(this.route.query)));
  }

  #pressed = ({ key, target, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): void => {
    if (altKey || ctrlKey || metaKey || shiftKey) return;
    if ((target as Element).closest('input, select, textarea, dialog')) return;
    if (key === 'Escape' && this.isDeleting) return void this.#askToDelete(false);
    const { previous, next } = this.#opened.value?.neighbours ?? {};
    const id = key === 'ArrowLeft' ? previous : key === 'ArrowRight' ? next : undefined;
    if (id) this.context.router.go(this.#pathOf(id));
  };
}

function aboutLine(image: ImageDetail): TemplateResult {
  const condition = conditionOf(image);
  return html`<p class="soft">
    ${countryLabel(image.country).name}
    <span class="badge ${condition}">${CONDITION_WORDS[condition]}</span>
  </p>`;
}

customElements.define('cafe-admin-picture', Picture);
