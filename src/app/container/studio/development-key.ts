import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { apiKeyDigest, newApiKeyText } from '../../../domain/accounts/api-key.ts';

/**
 * The API key of development. It is kept in a file, so that it still works after a restart.
 *
 * @param file readable only for its owner; without one, every process has another key
 */
export function developmentKey(file: string | undefined): string {
  const kept = file === undefined ? undefined : read(file);
  if (kept !== undefined) return kept;
  const made = newApiKeyText();
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${made}\n`, { mode: 0o600 });
  }
  return made;
}

/** `undefined` if there is no file, or no key in it. */
function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return apiKeyDigest(text) === undefined ? undefined : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
