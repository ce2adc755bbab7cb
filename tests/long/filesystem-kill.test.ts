import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { versionOf } from './versioned-object.ts';

const WRITER = fileURLToPath(new URL('./restless-writer.ts', import.meta.url));
const TEST_MS = 45_000;

/** The last version of each key that a writer has begun, and the last that it has finished. */
interface Words {
  started: Map<string, number>;
  done: Map<string, number>;
}

/** Lets a writer work for a moment, kills it, and reports what it had said by then. */
async function writeUntilKilled(root: string, firstVersion: number): Promise<Words> {
  const words: Words = { started: new Map(), done: new Map() };
  const child = spawn(process.execPath, [WRITER, root, String(firstVersion)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    const [word, key = '', version] = line.split(' ');
    words[word as keyof Words].set(key, Number(version));
  });
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
  await once(lines, 'line');
  await pause(Math.random() * 80);
  child.kill('SIGKILL');
  const [[, signal]] = await ended;
  expect(signal).toBe('SIGKILL');
  return words;
}

it('keeps every object whole, old or new, whenever its process is killed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'cafe-kill-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const store = new FilesystemImageStore({ root, publicBaseUrl: 'http://localhost' });
  const begun = new Map<string, number>();
  const finished = new Map<string, number>();
  const end = Date.now() + TEST_MS;
  let rounds = 0;
  for (let version = 0; Date.now() < end; rounds += 1) {
    const { started, done } = await writeUntilKilled(root, version);
    for (const [key, last] of started) begun.set(key, last);
    for (const [key, last] of done) finished.set(key, last);
    for (const [key, last] of finished) {
      const object = await store.get(key);
      if (!object && key.startsWith('claims/') && begun.get(key) !== done.get(key)) {
        // The writer deletes it before it adds it again, and was killed between the two.
        finished.delete(key);
        continue;
      }
      const found = versionOf(object!);
      expect(found, `${key} in round ${rounds}`).toBeGreaterThanOrEqual(last);
      expect(found, `${key} in round ${rounds}`).toBeLessThanOrEqual(begun.get(key)!);
    }
    for await (const { key, size } of store.list('')) {
      const object = await store.get(key);
      versionOf(object!);
      expect(object!.size).toBe(size);
      expect(await store.head(key)).toMatchObject({ size, metadata: object!.metadata });
    }
    version = Math.max(...started.values()) + 1;
  }
  expect(rounds).toBeGreaterThan(20);
  // Kills have met writes in the middle, or all this proves nothing.
  expect((await readdir(join(root, '.tmp'))).length).toBeGreaterThan(0);
}, 90_000);
