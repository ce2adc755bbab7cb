import type { ReactiveControllerHost } from 'lit';
import { type AdminApi, ApiError } from '../api/api.ts';
import type { Image, ImageChanged } from '../api/api-types.ts';
import { reasonOf } from '../components/states.ts';
import { showToast } from '../shell/toasts.ts';
import { pictureInApi } from './picture-paths.ts';
import { conditionOf } from './picture-words.ts';

/** What the owner can do to a picture. Hiding one that waits for review is to refuse it. */
export type PictureAct = 'hide' | 'restore' | 'approve' | 'delete';

/** What is under way. */
export interface ActProgress {
  act: PictureAct;
  done: number;
  total: number;
}

const AT_ONCE = 3;

export const ACT_WORDS: Readonly<Record<PictureAct, { doing: string; done: string }>> = {
  hide: { doing: 'Hiding', done: 'hidden' },
  restore: { doing: 'Putting back', done: 'back in the pool' },
  approve: { doing: 'Approving', done: 'approved' },
  delete: { doing: 'Deleting', done: 'deleted for good' },
};

const UNDONE_BY: Partial<Record<PictureAct, PictureAct>> = { hide: 'restore', restore: 'hide' };

export function canBe(image: Image, act: PictureAct): boolean {
  const condition = conditionOf(image);
  switch (act) {
    case 'hide':
      return condition === 'visible' || condition === 'pending';
    case 'restore':
      return condition === 'hidden';
    case 'approve':
      return condition === 'pending';
    case 'delete':
      return image.presence !== 'absent';
  }
}

/** Who shows pictures that things are done to. */
export interface ActStage {
  /** Hears how a picture is about to be: it may leave at once, where it is no longer asked for. */
  expect(image: Image): void;
  /** Shows a picture as it is now. */
  show(image: Image): void;
  /** Asks how a picture is: what has become visible has an address that the service alone knows. */
  recheck(id: string): void;
}

/** What became of those that were taken in hand. */
interface Tally {
  done: Image[];
  /** Whether one waited for review: to put it back would be to approve it. */
  wasPending: boolean;
  busy: number;
  failure: ApiError | undefined;
}

type Host = ReactiveControllerHost & { context: { api: AdminApi } };

/**
 * Does things to pictures, one or many, tells how far it is, and offers to take it back. Where it
 * fails, a picture is shown as it was before.
 */
export class PictureActs {
  progress: ActProgress | undefined;

  readonly #host: Host;
  readonly #stage: ActStage;
  #isStopped = false;
  #last: Promise<void> = Promise.resolve();

  constructor(host: Host, stage: ActStage) {
    this.#host = host;
    this.#stage = stage;
  }

  /** What is under way is finished, and nothing more begun. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Those that it does not apply to are passed over. One after the other where it is called again.
   * Never throws: failures are told by a toast.
   */
  run(act: PictureAct, images: readonly Image[]): Promise<void> {
    const able = images.filter((image) => canBe(image, act));
    if (able.length > 0) this.#last = this.#last.then(() => this.#run(act, able));
    return this.#last;
  }

  async #run(act: PictureAct, images: readonly Image[]): Promise<void> {
    this.#isStopped = false;
    const tally: Tally = { done: [], wasPending: false, busy: 0, failure: undefined };
    const waiting = images.values();
    this.#tell({ act, done: 0, total: images.length });
    const work = async () => {
      for (const image of waiting) {
        if (tally.failure || this.#isStopped) return;
        await this.#doTo(image, act, tally);
        this.#tell({ act, done: tally.done.length, total: images.length });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#tell(undefined);
    if (tally.done.length > 0 || tally.busy > 0) this.#toast(act, tally);
    if (tally.failure) {
      const text = `Not all of it was done. ${reasonOf(tally.failure)}`;
      showToast({ text, tone: 'failed' });
    }
  }

  async #doTo(image: Image, act: PictureAct, tally: Tally): Promise<void> {
    const changed = acted(image, act);
    this.#stage.expect(changed);
    try {
      const { pagesBusy } = await send(this.#host.context.api, image.id, act);
      tally.busy += pagesBusy;
      // As long as a page may still show it, it is only hidden, so that it can be deleted again.
      if (act === 'delete' && pagesBusy > 0) {
        this.#stage.show(acted(image, 'hide'));
        return;
      }
      tally.done.push(changed);
      tally.wasPending ||= image.presence === 'pending';
      this.#stage.show(changed);
      if (changed.presence === 'visible') this.#stage.recheck(image.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      tally.failure = error;
      this.#stage.show(image);
    }
  }

  #tell(progress: ActProgress | undefined): void {
    this.progress = progress;
    this.#host.requestUpdate();
  }

  #toast(act: PictureAct, { done, wasPending, busy }: Tally): void {
    const isOne = done.length === 1;
    const what = isOne ? 'The picture is' : `${done.length} pictures are`;
    const how = act === 'hide' && wasPending ? 'refused' : ACT_WORDS[act].done;
    const way = how === 'refused' ? ` ${isOne ? 'It is' : 'They are'} among the hidden ones.` : '';
    const pages = busy === 1 ? 'A page was' : `${busy} pages were`;
    const isHidden = busy === 1 ? 'its picture is only hidden' : 'their pictures are only hidden';
    const kept = act === 'delete' ? `, so ${isHidden}` : '';
    const sentences = [
      ...(done.length > 0 ? [`${what} ${how}.${way}`] : []),
      ...(busy > 0 ? [`${pages} just being painted${kept}: do it again in a moment.`] : []),
    ];
    const back = wasPending ? undefined : UNDONE_BY[act];
    const undo = back && (() => this.run(back, done));
    showToast({ text: sentences.join(' '), ...(undo ? { undo } : {}) });
  }
}

/** How a picture is once that was done, as far as it can be told without asking. */
function acted(image: Image, act: PictureAct): Image {
  if (act === 'restore' || act === 'approve') return { ...image, presence: 'visible' };
  const presence = act === 'hide' ? 'hidden' : 'absent';
  return { ...image, presence, url: null, renditions: [] };
}

function send(api: AdminApi, id: string, act: PictureAct): Promise<ImageChanged> {
  const path = pictureInApi(id);
  return act === 'delete' ? api.delete(path) : api.post(`${path}/${act}`);
}
