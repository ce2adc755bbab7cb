import type { ReactiveControllerHost } from 'lit';
import { type AdminApi, ApiError } from '../api/api.ts';
import type { Image, ImageAct, ImageChanged } from '../api/api-types.ts';
import { reasonOf } from '../components/states.ts';
import { showToast } from '../shell/toasts.ts';
import { pictureInApi } from './picture-paths.ts';
import { conditionOf } from './picture-words.ts';

/** The acts on pictures. Hiding a picture that waits for review rejects it. */
export type PictureAct = 'hide' | 'restore' | 'approve' | 'delete';

/** The progress of an act. */
export interface ActProgress {
  act: PictureAct;
  done: number;
  total: number;
}

const AT_ONCE = 3;

export const ACT_WORDS: Readonly<Record<PictureAct, { doing: string; done: string }>> = {
  hide: { doing: 'Hiding', done: 'hidden' },
  restore: { doing: 'Restoring', done: 'restored' },
  approve: { doing: 'Approving', done: 'approved' },
  delete: { doing: 'Deleting', done: 'deleted' },
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

/** The view that shows the pictures. */
export interface ActStage {
  /** Called before the change. The picture may disappear at once if it no longer matches the filter. */
  expect(image: Image): void;
  /** Called with the picture's new state. */
  show(image: Image): void;
  /** Loads a picture again: only the service knows the URL of a newly visible one. */
  recheck(id: string): void;
}

/** The results of an act on several pictures. */
interface Tally {
  done: Image[];
  /** Whether one waited for review. Then there is no undo, because restoring would approve it. */
  wasPending: boolean;
  busy: number;
  /** Pictures whose pages are changed in the background. */
  continuing: number;
  failure: ApiError | undefined;
}

type Host = ReactiveControllerHost & { context: { api: AdminApi } };

/**
 * Runs acts on one or more pictures, reports the progress and offers to undo them. After a failure, a
 * picture is shown in its old state.
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

  /** Finishes the current calls and starts no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Skips pictures to which the act does not apply. Several runs are executed one after the other. Never
   * throws: failures are shown as toasts.
   */
  run(act: PictureAct, images: readonly Image[]): Promise<void> {
    const able = images.filter((image) => canBe(image, act));
    if (able.length > 0) this.#last = this.#last.then(() => this.#run(act, able));
    return this.#last;
  }

  /** Runs an act again that was left unfinished. Never throws. */
  repeat(act: PictureAct, image: Image): Promise<void> {
    this.#last = this.#last.then(() => this.#run(act, [image]));
    return this.#last;
  }

  async #run(act: PictureAct, images: readonly Image[]): Promise<void> {
    this.#isStopped = false;
    const tally: Tally = {
      done: [],
      wasPending: false,
      busy: 0,
      continuing: 0,
      failure: undefined,
    };
    const waiting = images.values();
    this.#report({ act, done: 0, total: images.length });
    const work = async () => {
      for (const image of waiting) {
        if (tally.failure || this.#isStopped) return;
        await this.#doTo(image, act, tally);
        this.#report({ act, done: tally.done.length, total: images.length });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#report(undefined);
    if (tally.done.length > 0 || tally.busy > 0) this.#toast(act, tally);
    if (tally.failure) {
      const text = `Not all pictures were changed. ${reasonOf(tally.failure)}`;
      showToast({ text, tone: 'failed' });
    }
  }

  async #doTo(image: Image, act: PictureAct, tally: Tally): Promise<void> {
    const changed = acted(image, act);
    this.#stage.expect(changed);
    try {
      const answer = await send(this.#host.context.api, image.id, act);
      if ('state' in answer) {
        tally.continuing += 1;
        tally.done.push(changed);
        // The files are deleted after the last page.
        this.#stage.show(act === 'delete' ? acted(image, 'hide') : changed);
        return;
      }
      const { pagesBusy } = answer;
      tally.busy += pagesBusy;
      // A page may still show it, so the service has only hidden it. It can be deleted later.
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

  #report(progress: ActProgress | undefined): void {
    this.progress = progress;
    this.#host.requestUpdate();
  }

  #toast(act: PictureAct, { done, wasPending, busy, continuing }: Tally): void {
    const isOne = done.length === 1;
    const what = isOne ? 'The picture is' : `${done.length} pictures are`;
    const how = act === 'hide' && wasPending ? 'rejected' : ACT_WORDS[act].done;
    const where = how === 'rejected' ? ` You find ${isOne ? 'it' : 'them'} under Hidden.` : '';
    const pages = busy === 1 ? 'A page is' : `${busy} pages are`;
    const isHidden = busy === 1 ? 'its picture is only hidden' : 'their pictures are only hidden';
    const kept = act === 'delete' ? `, so ${isHidden}` : '';
    const sentences: string[] = [];
    if (done.length > 0) sentences.push(`${what} ${how}.${where}`);
    if (continuing > 0) sentences.push('Many pages show it. They are changed in the background.');
    if (busy > 0) sentences.push(`${pages} getting a new picture${kept}. Try again in a moment.`);
    const back = wasPending ? undefined : UNDONE_BY[act];
    const undo = back && (() => this.run(back, done));
    showToast({ text: sentences.join(' '), ...(undo ? { undo } : {}) });
  }
}

/** The expected state of a picture after an act. */
function acted(image: Image, act: PictureAct): Image {
  if (act === 'restore' || act === 'approve') return { ...image, presence: 'visible' };
  const presence = act === 'hide' ? 'hidden' : 'absent';
  return { ...image, presence, url: null, renditions: [] };
}

function send(api: AdminApi, id: string, act: PictureAct): Promise<ImageChanged | ImageAct> {
  const path = pictureInApi(id);
  return act === 'delete' ? api.delete(path) : api.post(`${path}/${act}`);
}
