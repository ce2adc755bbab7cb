import { z } from 'zod';
import { ModerationRefused, type RunModeration } from '../../../../domain/admin/run-moderation.ts';
import type {
  ModerationEnd,
  ModerationProgress,
} from '../../../../domain/cafe/moderation/moderation-act.ts';
import { imageIdOf } from '../../../../domain/images/image-id.ts';
import { Refusal } from '../../refusal.ts';
import { ADMIN_ROOT, type AdminRoute, actorOf, route } from '../admin-route.ts';
import { ImageId, Moment, noSuchPicture } from '../schemas.ts';

export const ImageChanged = z
  .strictObject({
    id: z.string(),
    pagesChanged: z.int(),
    pagesBusy: z.int().describe('Pages whose picture is being generated. Try again later'),
  })
  .meta({ id: 'ImageChanged' });

export const ImageAct = z
  .strictObject({
    id: z.string(),
    act: z.enum(['approve', 'hide', 'restore', 'delete']),
    state: z.enum(['running', 'done', 'stopped', 'failed']),
    startedAt: Moment,
    endedAt: Moment.nullable(),
    total: z.int().describe('Pages to look at'),
    done: z.int().describe('Pages looked at'),
    pagesChanged: z.int(),
    pagesBusy: z.int().describe('Pages whose picture is being generated. Try again later'),
    reason: z.string().nullable().describe('Why it ended before its last page'),
  })
  .meta({ id: 'ImageAct' });

const REASONS: Readonly<Record<ModerationEnd, string>> = {
  replaced: 'Another action on this picture has begun.',
  not_found: 'No such picture.',
  storage_unavailable: 'The store was unavailable. Try again.',
  database_unavailable: 'The database was unavailable. Try again.',
  internal: 'An unexpected error occurred; see the log. Try again.',
};

const ACTS = [
  {
    act: 'approve',
    method: 'POST',
    path: '/images/:id/approve',
    summary: 'Publishes a pending picture, in the pool and on its page.',
  },
  {
    act: 'hide',
    method: 'POST',
    path: '/images/:id/hide',
    summary:
      'Hides a picture from the pool and every page, or rejects a pending one. It can be restored.',
  },
  {
    act: 'restore',
    method: 'POST',
    path: '/images/:id/restore',
    summary:
      'Restores a hidden picture to the pool and to its pages that have no picture of their own.',
  },
  {
    act: 'delete',
    method: 'DELETE',
    path: '/images/:id',
    summary: 'Deletes a picture for good. Its cost still counts.',
  },
] as const;

/**
 * Responds with 200 once the act is done. If the image is on many pages, responds with 202 as soon
 * as the image itself is done, and the pages follow. `GET /images/{id}` reports the progress.
 */
export function imageActions({ runModeration }: { runModeration: RunModeration }): AdminRoute[] {
  return ACTS.map(({ act, ...parts }) =>
    route({
      ...parts,
      params: z.strictObject({ id: ImageId }),
      answer: z.union([ImageChanged, ImageAct]),
      async handle({ params, caller }) {
        const id = imageIdOf(params.id);
        const progress = await runModeration.run(act, params.id, actorOf(caller)).catch(refuse);
        if (progress.state === 'running') {
          const headers = { Location: `${ADMIN_ROOT}/images/${id}` };
          return { status: 202, body: presentAct(id, progress), headers };
        }
        const { changed, busy } = progress;
        return { body: { id, pagesChanged: changed, pagesBusy: busy } };
      },
    }),
  );
}

export function presentAct(id: string, progress: ModerationProgress): z.infer<typeof ImageAct> {
  const { act, state, startedAt, endedAt, total, done, changed, busy, reason } = progress;
  return {
    id,
    act,
    state,
    total,
    done,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    pagesChanged: changed,
    pagesBusy: busy,
    reason: reason ? REASONS[reason] : null,
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof ModerationRefused)) throw error;
  throw error.code === 'not_found' ? noSuchPicture() : new Refusal('conflict', REASONS.replaced);
}
