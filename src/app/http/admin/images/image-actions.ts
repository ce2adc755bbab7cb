import { z } from 'zod';
import type { AuditedAction, AuditTrail } from '../../../../domain/admin/audit-trail.ts';
import type {
  ModerateImage,
  PagesChanged,
} from '../../../../domain/cafe/moderation/moderate-image.ts';
import { imageIdOf } from '../../../../domain/images/image-id.ts';
import type { PoolImage } from '../../../../domain/storage/image-keys.ts';
import { type AdminRoute, type AdminRouteHead, actorOf, route } from '../admin-route.ts';
import { ImageId, noSuchPicture } from '../schemas.ts';

export const ImageChanged = z
  .strictObject({
    id: z.string(),
    pagesChanged: z.int(),
    pagesBusy: z.int().describe('Pages that are being painted: do the same again later'),
  })
  .meta({ id: 'ImageChanged' });

interface Deps {
  moderateImage: ModerateImage;
  auditTrail: AuditTrail;
}

export function imageActions({ moderateImage, auditTrail }: Deps): AdminRoute[] {
  const acting = (
    parts: AdminRouteHead,
    action: AuditedAction,
    act: (picture: PoolImage) => Promise<PagesChanged | undefined>,
  ) =>
    route({
      ...parts,
      params: z.strictObject({ id: ImageId }),
      answer: ImageChanged,
      async handle({ params, caller }) {
        const id = imageIdOf(params.id);
        const audited = { action, subject: id, actor: actorOf(caller) };
        const { changed, busy } = await auditTrail.during(audited, async () => {
          const done = await act(params.id);
          if (!done) throw noSuchPicture();
          return done;
        });
        return { body: { id, pagesChanged: changed, pagesBusy: busy.length } };
      },
    });
  return [
    acting(
      {
        method: 'POST',
        path: '/images/:id/approve',
        summary: 'Publishes a pending picture, in the pool and on the page that it was made for.',
      },
      'approve_picture',
      (picture) => moderateImage.approve(picture),
    ),
    acting(
      {
        method: 'POST',
        path: '/images/:id/hide',
        summary:
          'Takes a picture out of the pool and off every page, or rejects a pending one; it can be restored.',
      },
      'hide_picture',
      (picture) => moderateImage.hide(picture),
    ),
    acting(
      {
        method: 'POST',
        path: '/images/:id/restore',
        summary: 'Puts a hidden picture back, and on its pages that have got none of their own.',
      },
      'restore_picture',
      (picture) => moderateImage.restore(picture),
    ),
    acting(
      {
        method: 'DELETE',
        path: '/images/:id',
        summary: 'Deletes a picture for good; what it cost still counts.',
      },
      'delete_picture',
      (picture) => moderateImage.erase(picture),
    ),
  ];
}
