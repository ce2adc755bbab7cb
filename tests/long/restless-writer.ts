import { writeSync } from 'node:fs';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { objectOf } from './versioned-object.ts';

/**
 * A process that writes until it is killed: overwrites some keys, copies, adds and replaces others,
 * each time with the next version. `started` and `done` go to its standard output, one line each.
 *
 *     node restless-writer.ts {root} {first version}
 */
const [root = '', first = ''] = process.argv.slice(2);
const store = new FilesystemImageStore({ root, publicBaseUrl: 'http://localhost' });

function say(word: 'started' | 'done', key: string, version: number): void {
  // Synchronous, so that no word is lost that the process has said.
  writeSync(1, `${word} ${key} ${version}\n`);
}

async function keepWriting(key: string, write: (version: number) => Promise<unknown>) {
  for (let version = Number(first); ; version += 1) {
    say('started', key, version);
    await write(version);
    say('done', key, version);
  }
}

async function overwrite(key: string, version: number): Promise<void> {
  const { bytes, labels } = objectOf(version);
  await store.put(key, bytes, labels);
}

async function addAgain(key: string, version: number): Promise<void> {
  const { bytes, labels } = objectOf(version);
  await store.delete(key);
  const answer = await store.put(key, bytes, labels, { ifAbsent: true });
  if (answer === undefined) throw new Error(`${key} is there again`);
}

async function replace(key: string, version: number): Promise<void> {
  const { bytes, labels } = objectOf(version);
  const there = await store.head(key);
  const condition = there ? { ifMatch: there.etag } : ({ ifAbsent: true } as const);
  const answer = await store.put(key, bytes, labels, condition);
  if (answer === undefined) throw new Error(`${key} is not what it was`);
}

async function copyOver(key: string, version: number): Promise<void> {
  await overwrite(`${key}-source`, version);
  await store.copy(`${key}-source`, key, objectOf(version).labels);
}

await Promise.all([
  keepWriting('pages/one.png', (version) => overwrite('pages/one.png', version)),
  keepWriting('pages/deep/er/two.png', (version) => overwrite('pages/deep/er/two.png', version)),
  keepWriting('claims/three', (version) => addAgain('claims/three', version)),
  keepWriting('pages/four.png', (version) => copyOver('pages/four.png', version)),
  keepWriting('claims/five', (version) => replace('claims/five', version)),
]);
