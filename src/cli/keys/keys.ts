import type { PresentedKey } from '../../app/http/v1/api-key.ts';
import type { KeyRequest } from '../../domain/accounts/manage-keys.ts';
import type { Terminal } from '../terminal.ts';
import type { KeyDesk } from './key-desk.ts';

interface Options {
  json: boolean;
}

/** Creates a key and prints it, alone on the standard output, so that a script can keep it. */
export async function createKey(
  request: KeyRequest,
  { json }: Options,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<void> {
  const { id, key, account, name, scopes, expiresAt } = await desk.create(request);
  if (json) {
    terminal.write(jsonOf({ id, key, account, name, scopes }));
    return;
  }
  terminal.write(`${key}\n`);
  const end = expiresAt === null ? '' : ` until ${minuteOf(expiresAt)}`;
  terminal.complain(
    `Created "${name}" for account ${account}: ${scopes.join(', ')}${end}. ID: ${id}\n`,
  );
  terminal.complain('Copy the key now. It is not shown again.\n');
}

/** Prints the keys, newest first. */
export async function listKeys(
  account: string | undefined,
  { json, now }: Options & { now: number },
  desk: KeyDesk,
  terminal: Terminal,
): Promise<void> {
  const keys = await desk.list(account);
  if (json) terminal.write(jsonOf({ keys }));
  else if (keys.length === 0)
    terminal.write(`There are no keys${account ? ' of this account' : ''}.\n`);
  else terminal.write(tableOf(keys, now));
}

export async function revokeKey(
  id: string,
  { json }: Options,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<void> {
  const key = await desk.revoke(id);
  if (json) terminal.write(jsonOf(key));
  else terminal.write(`Revoked "${key.name}" of account ${key.account}.\n`);
}

function tableOf(keys: readonly PresentedKey[], now: number): string {
  const rows = keys.map((key) => [
    key.id,
    key.account,
    key.name,
    `${key.prefix}…${key.lastFour}`,
    key.scopes.join(','),
    stateOf(key, now),
    key.lastUsedAt === null ? 'never' : minuteOf(key.lastUsedAt),
  ]);
  const table = [['ID', 'account', 'name', 'key', 'scopes', 'state', 'last used'], ...rows];
  const widths = (table[0] ?? []).map((_, at) =>
    Math.max(...table.map((row) => lengthAt(row, at))),
  );
  const lines = table.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function lengthAt(row: readonly string[], at: number): number {
  return row[at]?.length ?? 0;
}

function stateOf({ revokedAt, expiresAt }: PresentedKey, now: number): string {
  if (revokedAt !== null) return `revoked ${minuteOf(revokedAt)}`;
  if (expiresAt === null) return 'usable';
  return `${Date.parse(expiresAt) <= now ? 'expired' : 'expires'} ${minuteOf(expiresAt)}`;
}

/** Such as `2026-11-21 18:04Z`. */
function minuteOf(moment: string): string {
  return `${moment.slice(0, 16).replace('T', ' ')}Z`;
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
