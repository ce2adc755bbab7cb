import type { PresentedKey, PresentedNewKey } from '../../app/http/v1/api-key.ts';
import type { KeyRequest } from '../../domain/accounts/manage-keys.ts';

/** Where the commands create, list and revoke API keys: a database, or a running service. */
export interface KeyDesk {
  /** @throws CommandError if the key is refused */
  create(request: KeyRequest): Promise<PresentedNewKey>;
  /** Newest first; of all accounts if none is given. */
  list(account: string | undefined): Promise<PresentedKey[]>;
  /** @throws CommandError if there is no such key */
  revoke(id: string): Promise<PresentedKey>;
  close(): Promise<void>;
}
