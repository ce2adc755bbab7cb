import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ApiKey } from '../../../../domain/accounts/api-key.ts';
import { type KeyCreation, MAX_KEYS } from '../../../../domain/accounts/manage-keys.ts';
import type { AuditTrail } from '../../../../domain/admin/audit-trail.ts';
import { Refusal } from '../../refusal.ts';
import { CreatedKey, Key, Keys, presentKey } from '../../v1/api-key.ts';
import { type AdminRoute, actorOf, route } from '../admin-route.ts';
import { badCursor, Cursor, cursorOf, Limit, placeIn } from '../schemas.ts';
import { type LazyAccounts, openAccounts } from './lazy-accounts.ts';
import { AccountName, KeyId, KeyPlace, NewKey } from './schemas.ts';

interface Deps {
  studio: LazyAccounts | undefined;
  auditTrail: AuditTrail;
}

/** The keys of all accounts. The audit trail gets all data of a key, except the key itself. */
export function keyRoutes({ studio, auditTrail }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/keys',
      summary: 'The API keys of one account or of all, newest first.',
      query: z.strictObject({ account: AccountName.optional(), limit: Limit, cursor: Cursor }),
      answer: Keys,
      errors: ['accounts_off'],
      async handle({ query: { account, limit, cursor } }) {
        const { manageKeys } = await openAccounts(studio);
        const after = cursor === undefined ? undefined : placeIn(cursor, KeyPlace);
        if (cursor !== undefined && after === undefined) throw badCursor();
        const { keys, next } = await manageKeys.list({ account, limit, after });
        const nextCursor = next ? cursorOf({ createdAt: next.createdAt, id: next.id }) : null;
        return { body: { items: keys.map(presentKey), nextCursor } };
      },
    }),
    route({
      method: 'POST',
      path: '/keys',
      summary: 'Creates an API key, and its account if there is none. The key is shown once.',
      body: NewKey,
      status: 201,
      answer: CreatedKey,
      errors: ['accounts_off'],
      async handle({ body, caller }) {
        const { manageKeys } = await openAccounts(studio);
        const request = { ...body, expiresAt: body.expiresAt ?? undefined, id: randomUUID() };
        const { account: subject, ...details } = request;
        const act = { action: 'create_key' as const, subject, details, actor: actorOf(caller) };
        const { key, text } = await auditTrail.during(act, async () =>
          createdOr(await manageKeys.create(request)),
        );
        return { body: { ...presentKey(key), key: text } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/keys/:id',
      summary: 'Revokes an API key for good, and returns it.',
      params: z.strictObject({ id: KeyId }),
      answer: Key,
      errors: ['accounts_off'],
      async handle({ params: { id }, caller }) {
        const { manageKeys } = await openAccounts(studio);
        const known = existingOr(await manageKeys.find(id));
        const { account: subject, name } = known;
        const details = { id, name };
        const act = { action: 'revoke_key' as const, subject, details, actor: actorOf(caller) };
        const revoked = await auditTrail.during(act, async () =>
          existingOr(await manageKeys.revoke(id)),
        );
        return { body: presentKey(revoked) };
      },
    }),
  ];
}

/** @throws Refusal for a key that was not created */
function createdOr(creation: KeyCreation): Exclude<KeyCreation, { refused: unknown }> {
  if (!('refused' in creation)) return creation;
  switch (creation.refused) {
    case 'already_expired':
      throw new Refusal('invalid_request', 'expiresAt: must be in the future');
    case 'too_many_keys':
      throw new Refusal('conflict', `An account has at most ${MAX_KEYS} keys. Revoke one first.`);
    case 'no_account':
      throw new Refusal('conflict', 'The account was deleted meanwhile.');
  }
}

/** @throws Refusal for a key that does not exist */
function existingOr(key: ApiKey | undefined): ApiKey {
  if (key) return key;
  throw new Refusal('not_found', 'There is no key with this ID.');
}
