import { mkdtemp, readdir, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whileLocked } from '../../src/adapters/image-store/filesystem/lock.ts';

async function lockPath() {
  const folder = await mkdtemp(join(tmpdir(), 'cafe-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { folder, path: join(folder, 'a.lock') };
}

/** Takes the lock several times at once; how many had it together at most. */
async function mostAtOnce(path: string, times: number, abandonedMs?: number): Promise<number> {
  let [now, most] = [0, 0];
  const visit = async () => {
    for (let turns = Math.random() * 20; turns > 0; turns -= 1) await turn();
    await whileLocked(
      path,
      async (isHeld) => {
        now += 1;
        most = Math.max(most, now);
        await turn();
        expect(await isHeld()).toBe(true);
        now -= 1;
      },
      abandonedMs,
    );
  };
  await Promise.all(Array.from({ length: times }, visit));
  return most;
}

describe('a lock of the filesystem store', () => {
  it('is held by one at a time, and gone afterwards', async () => {
    const { folder, path } = await lockPath();
    expect(await mostAtOnce(path, 12)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken away, by one at a time, from a process that is gone', async () => {
    const { folder, path } = await lockPath();
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, round % 2 === 0 ? '' : `gone-${round}`);
      // Long enough for those that live, also on a busy machine.
      expect(await mostAtOnce(path, 12, 1000)).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('is not judged by the times of files, which another machine may tell', async () => {
    const { path } = await lockPath();
    await whileLocked(path, async (isHeld) => {
      const before = Date.now() / 1000 - 3600;
      await utimes(path, before, before);
      const second = whileLocked(path, async () => 'ran');
      const first = await Promise.race([second, pause(300, 'waits')]);
      expect([first, await isHeld()]).toEqual(['waits', true]);
      void second;
    });
  });

  it('is waited for as long as somebody holds it', async () => {
    const { path } = await lockPath();
    await writeFile(path, '');
    let ran = false;
    const running = whileLocked(path, async () => {
      ran = true;
    });
    await pause(60);
    expect(ran).toBe(false);
    await unlink(path);
    await running;
    expect(ran).toBe(true);
  });

  it('is let go of when what was to be done fails', async () => {
    const { folder, path } = await lockPath();
    const failing = whileLocked(path, () => Promise.reject(new Error('full')));
    await expect(failing).rejects.toThrow('full');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is known to be lost when somebody took it away, and stays theirs', async () => {
    const { folder, path } = await lockPath();
    const held = await whileLocked(path, async (isHeld) => {
      await unlink(path);
      const gone = await isHeld();
      await writeFile(path, '');
      return [gone, await isHeld()];
    });
    expect(held).toEqual([false, false]);
    expect(await readdir(folder)).toEqual(['a.lock']);
  });
});
