import type { PresentedKey, PresentedNewKey } from '../../app/http/v1/api-key.ts';
import type { KeyRequest } from '../../domain/accounts/manage-keys.ts';
import type { AdminApi } from '../admin-api.ts';
import type { KeyDesk } from './key-desk.ts';

interface Page {
  items: PresentedKey[];
  nextCursor: string | null;
}

/** The keys of a running service, by its admin API. */
export class ServiceKeys implements KeyDesk {
  readonly #admin: AdminApi;

  constructor(admin: AdminApi) {
    this.#admin = admin;
  }

  async create({ account, name, scopes, expiresAt }: KeyRequest): Promise<PresentedNewKey> {
    const expiry = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
    const body = { account, name, scopes, expiresAt: expiry };
    return (await this.#admin.request('POST', '/keys', body)) as PresentedNewKey;
  }

  async list(account: string | undefined): Promise<PresentedKey[]> {
    const keys: PresentedKey[] = [];
    const query = new URLSearchParams({ limit: '200' });
    if (account !== undefined) query.set('account', account);
    for (;;) {
      const page = (await this.#admin.request('GET', `/keys?${query}`)) as Page;
      keys.push(...page.items);
      if (page.nextCursor === null) return keys;
      query.set('cursor', page.nextCursor);
    }
  }

  async revoke(id: string): Promise<PresentedKey> {
    return (await this.#admin.request('DELETE', `/keys/${id}`)) as PresentedKey;
  }

  async close(): Promise<void> {}
}
