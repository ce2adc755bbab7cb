import { type Command, InvalidArgumentError } from 'commander';
import { NEW_KEY } from '../../app/http/v1/api-key.ts';
import {
  type AccountId,
  parseAccountId,
  SCOPES,
  type Scope,
} from '../../domain/accounts/account.ts';
import { parseKeyName } from '../../domain/accounts/manage-keys.ts';
import { UUID } from '../../domain/kernel/uuid.ts';
import { baseUrl, type Env } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import type { KeyDesk } from './key-desk.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function addKeys(program: Command, environment: () => Env, terminal: Terminal): void {
  const keys = program.command('keys').description('creates, lists and revokes API keys');
  const withKeys = async (service: string | undefined, work: (desk: KeyDesk) => Promise<void>) => {
    // Only these commands load the database.
    const { openKeys } = await import('./open-keys.ts');
    const desk = await openKeys(service, environment(), terminal);
    try {
      await work(desk);
    } finally {
      await desk.close();
    }
  };
  keys
    .command('create')
    .description('creates a key and prints it once; creates the account if there is none')
    .requiredOption('--account <name>', 'the account that the key acts for', accountName)
    .option('--name <name>', 'what the key is for', keyName, 'command line')
    .option('--scopes <list>', `any of ${SCOPES.join(', ')}`, scopeList, ['generate', 'read'])
    .option('--expires <date>', 'a day or a time such as 2027-01-31 (UTC)', moment)
    .option(...SERVICE)
    .option('--json', 'print JSON', false)
    .action(({ account, name, scopes, expires, service, json }) => {
      const request = { account, name, scopes, expiresAt: expires };
      return withKeys(service, (desk) => createKey(request, { json }, desk, terminal));
    });
  keys
    .command('list')
    .description('prints the keys, newest first, without their secrets')
    .option('--account <name>', 'only the keys of this account', accountName)
    .option(...SERVICE)
    .option('--json', 'print JSON', false)
    .action(({ account, service, json }) => {
      const options = { json, now: Date.now() };
      return withKeys(service, (desk) => listKeys(account, options, desk, terminal));
    });
  keys
    .command('revoke')
    .description('revokes a key for good; "keys list" prints the IDs')
    .argument('<id>', 'the ID of the key', keyId)
    .option(...SERVICE)
    .option('--json', 'print JSON', false)
    .action((id, { service, json }) =>
      withKeys(service, (desk) => revokeKey(id, { json }, desk, terminal)),
    );
}

const SERVICE = [
  '--service <url>',
  'ask the service at this URL instead of opening the database; requires ADMIN_TOKEN',
  baseUrl,
] as const;

function accountName(text: string): AccountId {
  const id = parseAccountId(text);
  if (id !== undefined) return id;
  throw new InvalidArgumentError(
    'It must be 1 to 255 ASCII letters, digits and . _ @ | : + = ~ -, and begin with a letter or a digit.',
  );
}

function keyName(text: string): string {
  const name = parseKeyName(text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError('It must be 1 to 100 characters without control characters.');
}

function scopeList(text: string): Scope[] {
  const scopes = text.split(',').map((word) => word.trim());
  const known = scopes.flatMap((word) => SCOPES.find((scope) => scope === word) ?? []);
  if (known.length === scopes.length) return [...new Set(known)];
  throw new InvalidArgumentError(
    `It must be a list of ${SCOPES.join(', ')}, such as generate,read.`,
  );
}

/** A date without a time means 00:00 UTC. */
function moment(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const { data } = NEW_KEY.expiresAt.safeParse(time);
  if (typeof data === 'number') return data;
  throw new InvalidArgumentError(
    'It must be a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z.',
  );
}

function keyId(text: string): string {
  const id = text.toLowerCase();
  if (new RegExp(`^${UUID}$`).test(id)) return id;
  throw new InvalidArgumentError('It must be an ID that "keys list" prints.');
}
