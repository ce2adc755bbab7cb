import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the service's own user may look: what is not public in a bucket is not in a folder either. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Writes a new file of these parts; once resolved, it is on disk. */
export async function writeFlushed(path: string, parts: Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder and those above it, so that they outlive a crash of the machine. */
export async function makeFolder(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  if (highest === undefined) return;
  for (let made = path; made.length >= highest.length; made = dirname(made)) {
    await flushFolder(dirname(made));
  }
}

/** A folder's entries are on disk only when the folder is flushed as well. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // It cannot open folders.
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
