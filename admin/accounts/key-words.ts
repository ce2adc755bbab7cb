import type { PresentedKey } from '../../src/app/http/v1/api-key.ts';

export type Scope = PresentedKey['scopes'][number];

/** What each scope allows. */
export const SCOPE_WORDS: readonly { scope: Scope; label: string; allows: string }[] = [
  { scope: 'generate', label: 'Generate', allows: 'submit work that costs money' },
  { scope: 'read', label: 'Read', allows: 'read the account’s work, pictures, limits and usage' },
  { scope: 'admin', label: 'Admin', allows: 'create, list and revoke the account’s keys' },
];

/** The fields that the API names in its messages. */
const FIELDS: Readonly<Record<string, string>> = {
  account: 'The account’s name',
  name: 'The key’s name',
  expiresAt: 'The expiry',
};

/** A message of the API such as `account: must be…`, as a sentence. */
export function asSentence(message: string): string {
  const [, field = '', rest] = /^(\w+): (.+)$/.exec(message) ?? [];
  return FIELDS[field] ? `${FIELDS[field]} ${rest}.` : message;
}

export interface KeyState {
  word: string;
  tone: 'good' | 'warn' | 'bad';
  isUsable: boolean;
}

export function stateOf({ revokedAt, expiresAt }: PresentedKey, now = Date.now()): KeyState {
  if (revokedAt !== null) return { word: 'Revoked', tone: 'bad', isUsable: false };
  if (expiresAt !== null && Date.parse(expiresAt) <= now) {
    return { word: 'Expired', tone: 'warn', isUsable: false };
  }
  return { word: 'Usable', tone: 'good', isUsable: true };
}
