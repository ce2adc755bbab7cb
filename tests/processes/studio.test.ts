import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runService, startService } from '../support/start-service.ts';

/** Settings of a laptop whose data is in a folder of its own. */
async function laptop(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const DATA_DIR = await mkdtemp(path.join(tmpdir(), 'cafe-studio-'));
  onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }));
  return { DATA_DIR, GEO_LOCATOR: 'none', HOST: '127.0.0.1', ...more };
}

async function start(env: Record<string, string>) {
  const service = await startService(env);
  onTestFinished(async () => {
    await service.stop('SIGKILL');
  });
  const key = () => /key: (cafe_\w+)/.exec(service.output())?.[1] ?? '';
  const send = (at: string, init: RequestInit = {}) =>
    fetch(service.url + at, {
      ...init,
      headers: { Authorization: `Bearer ${key()}`, 'Content-Type': 'application/json' },
    });
  return { service, key, send };
}

const newKey = { method: 'POST', body: JSON.stringify({ name: 'CI' }) };
const namesOf = async (answer: Response) =>
  ((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name);

describe('the studio on a laptop', () => {
  it('has a key from the start, and opens its database when it is first asked', async () => {
    const env = await laptop();
    const { send, key } = await start(env);
    const folder = path.join(String(env.DATA_DIR), 'database');
    expect(existsSync(path.join(folder, 'data'))).toBe(false);
    const answer = await send('/v1/account');
    expect(await answer.json()).toMatchObject({ id: 'development' });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(folder, 'data'))).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(String(env.DATA_DIR), 'development-key'))).mode & 0o777).toBe(
      0o600,
    );
    expect(key()).not.toBe('');
  });

  it('keeps its keys when its process is killed', async () => {
    const env = await laptop();
    const first = await start(env);
    expect((await first.send('/v1/keys', newKey)).status).toBe(201);
    await first.service.stop('SIGKILL');
    const second = await start(env);
    expect(second.key()).toBe(first.key());
    expect((await namesOf(await second.send('/v1/keys'))).toSorted()).toEqual([
      'CI',
      'development',
    ]);
  });

  it('begins again where a first start was killed in the middle', async () => {
    const env = await laptop();
    const first = await start(env);
    await first.send('/v1/account');
    await first.service.stop('SIGKILL');
    await rm(path.join(String(env.DATA_DIR), 'database/data/global/pg_control'));
    const second = await start(env);
    expect((await second.send('/v1/account')).status).toBe(200);
  });

  it('is not opened by a second process, which names the first and serves the cafe', async () => {
    const env = await laptop();
    const first = await start(env);
    const second = await start(env);
    expect(second.service.output()).toContain(`in use by process ${first.service.pid}`);
    expect((await second.send('/v1/account')).status).toBe(404);
    expect((await second.send('/health')).status).toBe(200);
    await first.service.stop();
    const third = await start(env);
    expect((await third.send('/v1/account')).status).toBe(200);
  });

  it('lets a second process not start if it was asked for by name', async () => {
    const env = await laptop({ STUDIO: 'on' });
    const first = await start(env);
    const { code, output } = await runService(env);
    expect([code, output.trim()]).toEqual([
      1,
      expect.stringContaining(`in use by process ${first.service.pid}`),
    ]);
  });

  it('is as if it were not there when it is off', async () => {
    const env = await laptop({ STUDIO: 'off' });
    const { send, service } = await start(env);
    expect((await send('/v1/account')).status).toBe(404);
    expect(service.output()).not.toContain('cafe_');
    expect(existsSync(path.join(String(env.DATA_DIR), 'database'))).toBe(false);
  });
});
