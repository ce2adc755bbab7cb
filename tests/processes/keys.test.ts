import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../support/start-service.ts';

const BIN = path.join(import.meta.dirname, '../../src/cli/bytesized-cafe.mjs');
const ADMIN_TOKEN = 'a-token-of-the-tests-of-keys';

/** Runs the command in a process of its own. */
function keys(args: string[], env: Record<string, string>) {
  const { promise, resolve } = Promise.withResolvers<{
    code: number;
    stdout: string;
    stderr: string;
  }>();
  const options = { env: { PATH: process.env.PATH ?? '', ...env }, cwd: tmpdir() };
  execFile(process.execPath, [BIN, 'keys', ...args], options, (error, stdout, stderr) => {
    resolve({ code: Number(error?.code ?? 0), stdout, stderr });
  });
  return promise;
}

describe('the keys command', () => {
  it('uses the database itself, or the service that has it open', async () => {
    const DATA_DIR = await mkdtemp(path.join(tmpdir(), 'cafe-keys-'));
    onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }));
    const before = await keys(['create', '--account', 'blog', '--name', 'before'], { DATA_DIR });
    expect(before.code).toBe(0);

    const laptop = { DATA_DIR, ADMIN_TOKEN, GEO_LOCATOR: 'none', HOST: '127.0.0.1' };
    const service = await startService(laptop);
    onTestFinished(async () => {
      await service.stop('SIGKILL');
    });
    const PORT = new URL(service.url).port;
    const headers = { Authorization: `Bearer ${before.stdout.trim()}` };
    expect((await fetch(`${service.url}/v1/account`, { headers })).status).toBe(200);

    const refused = await keys(['list'], { DATA_DIR, PORT });
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`in use by process ${service.pid}`);
    expect(refused.stderr).toContain(`Stop process ${service.pid}`);
    expect(refused.stderr).toContain(`http://localhost:${PORT}`);

    const env = { DATA_DIR, PORT, ADMIN_TOKEN };
    const during = await keys(['create', '--account', 'blog', '--name', 'during'], env);
    expect(during.code).toBe(0);
    const listed = await keys(['list', '--account', 'blog', '--json'], env);
    const names = JSON.parse(listed.stdout).keys.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['during', 'before']);
    await service.stop();

    const after = await keys(['list', '--account', 'blog'], { DATA_DIR });
    expect([after.code, after.stderr]).toEqual([0, '']);
    expect(after.stdout).toMatch(/during.*before/s);
  });
});
