import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The value of NODE_OPTIONS by which a service imports files of this folder before its own. */
export function preloaded(...names: string[]): string {
  return names
    .map((name) => `--import=${pathToFileURL(path.join(import.meta.dirname, name)).href}`)
    .join(' ');
}
