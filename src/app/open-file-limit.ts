import { readFileSync } from 'node:fs';

/** How many files and connections this process may have open; `undefined` where only the system knows. */
export function openFileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // Linux alone has this file.
    return undefined;
  }
}
