import { z } from 'zod';
import type { AuditTrail } from '../../../../domain/admin/audit-trail.ts';
import type { ReportBudget } from '../../../../domain/admin/report-budget.ts';
import type { ChangePageImage } from '../../../../domain/cafe/moderation/change-page-image.ts';
import type { RegeneratePage } from '../../../../domain/cafe/regenerate-page.ts';
import { countryByCode } from '../../../../domain/countries/country.ts';
import { imageIdOf } from '../../../../domain/images/image-id.ts';
import type { PageNames, PageRequest } from '../../../../domain/pages/page.ts';
import type { ImageKeys } from '../../../../domain/storage/image-keys.ts';
import { Refusal } from '../../refusal.ts';
import { type AdminRoute, actorOf, route } from '../admin-route.ts';
import { Budget, explainStop } from '../budget/budget-routes.ts';
import {
  CountryInBody,
  Dollars,
  dollars,
  ImageId,
  noSuchPicture,
  PageTypeName,
} from '../schemas.ts';

const PageName = { type: PageTypeName, path: z.string().min(1).max(3000), country: CountryInBody };

export const Pinned = z.strictObject({ image: z.string() }).meta({ id: 'Pinned' });

export const Regenerated = z
  .strictObject({
    url: z
      .string()
      .nullable()
      .describe('The new picture; `null` for a dry run, and if it is pending'),
    atMostDollars: Dollars.describe('Maximum cost of a picture'),
    remaining: z.int().describe('Pictures left in today’s budget before'),
    paused: z.boolean(),
    stoppedBy: Budget.shape.stoppedBy,
    pending: z.boolean().describe('The picture waits for approval'),
  })
  .meta({ id: 'Regenerated' });

interface Deps {
  keys: ImageKeys;
  names: PageNames;
  changePageImage: ChangePageImage;
  regeneratePage: RegeneratePage;
  reportBudget: ReportBudget;
  auditTrail: AuditTrail;
}

export function pageActions(deps: Deps): AdminRoute[] {
  const { changePageImage, regeneratePage, reportBudget, auditTrail } = deps;
  return [
    route({
      method: 'PUT',
      path: '/pages/image',
      summary: 'Shows a picture of the pool on a page, replacing the current one.',
      body: z.strictObject({ ...PageName, image: ImageId }),
      answer: Pinned,
      async handle({ body, caller }) {
        const request = requestFor(deps, body);
        const image = imageIdOf(body.image);
        const act = {
          action: 'pin_picture' as const,
          subject: subjectOf(request),
          details: { image },
        };
        await auditTrail.during({ ...act, actor: actorOf(caller) }, async () => {
          const pinned = { source: 'pinned', over: 'anything' } as const;
          const change = await changePageImage.show(request, body.image, pinned);
          if (change === 'missing') throw noSuchPicture();
          if (change === 'busy') throw busy();
        });
        return { body: { image } };
      },
    }),
    route({
      method: 'POST',
      path: '/pages/rebrew',
      summary:
        'Regenerates a page’s picture within the budget; with `dryRun` only reports the maximum cost.',
      body: z.strictObject({ ...PageName, dryRun: z.boolean().default(false) }),
      answer: Regenerated,
      async handle({ body, caller }) {
        const request = requestFor(deps, body);
        const budget = await reportBudget.report();
        const estimate = {
          atMostDollars: dollars(budget.dearestMicroUsd),
          remaining: budget.remaining,
          paused: budget.isPaused,
          stoppedBy: budget.stoppedBy ?? null,
        };
        if (body.dryRun) return { body: { url: null, ...estimate, pending: false } };
        const act = {
          action: 'rebrew_page' as const,
          subject: subjectOf(request),
          actor: actorOf(caller),
        };
        const image = await auditTrail.during(act, async () => {
          const made = await regeneratePage.regenerate(request);
          if (!made) throw new Refusal('conflict', explainStop(budget));
          return made;
        });
        const pending = 'awaitsReview' in image;
        return { body: { url: 'awaitsReview' in image ? null : image.url, ...estimate, pending } };
      },
    }),
  ];
}

function requestFor(
  { keys, names }: Deps,
  named: {
    type: z.infer<typeof PageTypeName>;
    path: string;
    country: z.infer<typeof CountryInBody>;
  },
): PageRequest {
  const page = names.at(named.path, named.type);
  const country = countryByCode(named.country);
  return { page, country, countryIsReliable: true, key: keys.page(page, country) };
}

function subjectOf({ page, country }: PageRequest): string {
  return `${page.type} ${page.path} ${country?.code ?? 'anywhere'}`;
}

function busy(): Refusal {
  return new Refusal('conflict', 'The page’s picture is being generated. Try again.');
}
