import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sentenceFor } from '../../admin/activity/sentences.ts';
import type { Act } from '../../admin/api/api-types.ts';
import { AUDITED_ACTIONS, type AuditedAction } from '../../src/domain/admin/audit-trail.ts';

const PICTURE = '2026-11-21_5f0c0000-0000-4000-8000-000000000001-south-korea';
const SUBJECTS: Readonly<Record<AuditedAction, [subject: string, details: object]>> = {
  approve_picture: [PICTURE, {}],
  hide_picture: [PICTURE, {}],
  restore_picture: [PICTURE, {}],
  delete_picture: [PICTURE, {}],
  pin_picture: ['article /posts/a FR', { image: PICTURE }],
  rebrew_page: ['article /posts/a anywhere', {}],
  change_budget: ['budget', { limit: 8 }],
  pause_generation: ['generation', {}],
  resume_generation: ['generation', {}],
  warm_pages: ['a-job', { source: 'sitemap', total: 24, most: 5, countries: ['FR', null] }],
  stop_warming: ['a-job', {}],
  create_key: ['blog', { name: 'CI' }],
  revoke_key: ['auth0|5f7c', { name: 'old laptop' }],
};

function act(action: AuditedAction, parts: Partial<Act> = {}): Act {
  const [subject, details] = SUBJECTS[action];
  const at = '2026-11-21T12:00:00.000Z';
  const named = { id: 'x', at, action, subject, details: { ...details } };
  return { ...named, actor: 'session abc', outcome: 'done', ...parts };
}

function told(one: Act): string {
  const { start, subject, end } = sentenceFor(one);
  return `${start} ${subject} ${end}`.trim();
}

describe('what the activity says', () => {
  // Where nothing can be drawn, no flags can be.
  beforeAll(() => {
    vi.stubGlobal(
      'OffscreenCanvas',
      class {
        getContext = () => null;
      },
    );
  });
  afterAll(() => {
    vi.unstubAllGlobals();
  });

  it('is a sentence for everything that is ever written down', () => {
    const sentences = AUDITED_ACTIONS.map((action) => told(act(action)));
    expect(sentences).toEqual([
      'You approved the picture of 21 Nov 2026 for South Korea',
      'You hid the picture of 21 Nov 2026 for South Korea',
      'You restored the picture of 21 Nov 2026 for South Korea',
      'You deleted the picture of 21 Nov 2026 for South Korea',
      'You pinned the picture of 21 Nov 2026 for South Korea to /posts/a for France',
      'You regenerated /posts/a for readers whose country is unknown',
      'You set today’s budget to 8 pictures',
      'You paused spending',
      'You resumed spending',
      'You started to pre-generate pictures for 12 pages of the sitemap for 2 countries (at most 5)',
      'You stopped pre-generation',
      'You created the key “CI” for blog',
      'You revoked the key “old laptop” of auth0|5f7c',
    ]);
  });

  it('links an account', () => {
    expect(sentenceFor(act('revoke_key')).at).toBe('accounts/auth0%7C5f7c');
  });

  it('names a script, and what was only tried', () => {
    const details = { source: 'pages', total: 1, most: 1, countries: [null] };
    const tried = act('warm_pages', { details, actor: 'token', outcome: 'failed' });
    expect(told(tried)).toBe('A script tried to pre-generate pictures for 1 page (at most 1)');
  });

  it('shows what it does not know as it is written', () => {
    const unknown = { ...act('hide_picture'), action: 'fold_napkins', subject: 'table 3' };
    expect(told(unknown)).toBe('You: fold napkins table 3');
  });
});
