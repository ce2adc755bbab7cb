import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '../../src/adapters/postgres/folder-lock.ts';
import { run } from '../../src/cli/program.ts';
import { apiKeyDigest } from '../../src/domain/accounts/api-key.ts';
import { WITH_ADMIN } from '../support/admin-caller.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'cafe-keys-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Runs `keys` as a command line does. */
async function keys(args: readonly string[], env: Record<string, string> = {}) {
  const { terminal, written } = recordingTerminal();
  const code = await run(['keys', ...args], env, terminal);
  return { code, ...written };
}

describe('keys, in an embedded database that no service has open', () => {
  it('creates, lists and revokes', async () => {
    const env = { DATA_DIR: await folder() };
    const made = await keys(['create', '--account', 'blog', '--name', 'CI'], env);
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringMatching(/^Created "CI" for account blog: generate, read\. ID: [0-9a-f-]{36}\n/),
    ]);
    expect(apiKeyDigest(made.out.trim())).toBeDefined();
    const args = ['--account', 'auth0|1', '--scopes', 'read, admin', '--expires', '2100-01-31'];
    const other = await keys(['create', ...args, '--json'], env);
    expect(other.err).toBe('');
    const { id, key, ...shown } = JSON.parse(other.out);
    expect(shown).toEqual({ account: 'auth0|1', name: 'command line', scopes: ['read', 'admin'] });

    const listed = await keys(['list'], env);
    const lines = listed.out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^ID +account +name +key +scopes +state +last used$/);
    expect(lines[1]).toBe(
      `${id}  auth0|1  command line  cafe_${key.slice(5, 9)}…${key.slice(-4)}  read,admin     expires 2100-01-31 00:00Z  never`,
    );
    expect(listed.out).not.toContain(key);

    const revoked = await keys(['revoke', id.toUpperCase()], env);
    expect(revoked).toMatchObject({ code: 0, out: 'Revoked "command line" of account auth0|1.\n' });
    const one = JSON.parse((await keys(['list', '--account', 'auth0|1', '--json'], env)).out);
    expect(one.keys).toMatchObject([{ id, revokedAt: expect.any(String), lastUsedAt: null }]);
  });

  it('says what it cannot do', async () => {
    const env = { DATA_DIR: await folder() };
    const none = await keys(['list', '--account', 'none'], env);
    expect(none).toMatchObject({ code: 0, out: 'There are no keys of this account.\n' });
    const unknown = await keys(['revoke', '00000000-0000-4000-8000-000000000000'], env);
    expect(unknown).toMatchObject({ code: 1, err: 'There is no key with this ID.\n' });
    const over = await keys(['create', '--account', 'blog', '--expires', '2020-01-31'], env);
    expect(over).toMatchObject({ code: 1, out: '', err: '--expires must be in the future.\n' });
  });
});

describe('keys, while a service has the embedded database open', () => {
  it('go through its admin API', async () => {
    const DATA_DIR = await folder();
    const laptop = { NODE_ENV: 'development', STUDIO: 'on', IMAGE_STORE: 's3', DATA_DIR };
    const { url } = await openTestCafe({ env: { ...WITH_ADMIN, ...laptop } });
    const env = { ...WITH_ADMIN, DATA_DIR, BYTESIZED_CAFE_API_URL: `${url}/` };
    const made = await keys(['create', '--account', 'blog', '--name', 'CI', '--json'], env);
    expect(made.err).toMatch(
      `${DATA_DIR}/database is in use by process ${process.pid}. Asking the service at ${url}`,
    );
    const { id, key, ...shown } = JSON.parse(made.out);
    expect(shown).toEqual({ account: 'blog', name: 'CI', scopes: ['generate', 'read'] });
    const answer = await fetch(`${url}/v1/account`, { headers: { 'X-API-Key': key } });
    expect(answer.status).toBe(200);

    // Named, it is asked whether or not there is a database here.
    const elsewhere = { ...WITH_ADMIN, DATA_DIR: await folder() };
    const there = ['--service', url];
    const listed = JSON.parse((await keys(['list', ...there, '--json'], elsewhere)).out);
    expect(listed.keys.map(({ name }: { name: string }) => name)).toEqual(['CI', 'development']);
    const revoked = await keys(['revoke', id, ...there, '--json'], elsewhere);
    expect(JSON.parse(revoked.out)).toMatchObject({ id, revokedAt: expect.any(String) });
    const unknown = ['revoke', '00000000-0000-4000-8000-000000000000', ...there];
    expect((await keys(unknown, elsewhere)).err).toContain('There is no key with this ID.');
    const over = ['create', '--account', 'x', '--expires', '2020-01-31', ...there];
    expect((await keys(over, elsewhere)).err).toContain('expiresAt: must be in the future');
    const wrong = await keys(['list', ...there], { ADMIN_TOKEN: 'canary-of-another' });
    expect(wrong.err).toMatch(/does not accept ADMIN_TOKEN/);
    expect(wrong.err).not.toContain('canary');
  });

  it('say without its token whose process it is, and both ways out', async () => {
    const DATA_DIR = await folder();
    const lock = lockFolder(path.join(DATA_DIR, 'database'));
    onTestFinished(() => lock.release());
    const { code, err } = await keys(['list'], { DATA_DIR, PORT: '8099' });
    expect(code).toBe(1);
    expect(err).toContain(`in use by process ${process.pid}, and ADMIN_TOKEN is not set.`);
    expect(err).toContain('Set ADMIN_TOKEN to the admin token of that service, and --service');
    expect(err).toContain('http://localhost:8099');
    expect(err).toContain(`Stop process ${process.pid}, and run the command again.`);
  });

  it('say that it does not respond', async () => {
    const DATA_DIR = await folder();
    const lock = lockFolder(path.join(DATA_DIR, 'database'));
    onTestFinished(() => lock.release());
    const { err } = await keys(['list'], { ...WITH_ADMIN, DATA_DIR, PORT: '1' });
    expect(err).toContain('http://localhost:1; --service names another.');
    expect(err).toContain('http://localhost:1/api/admin/keys?limit=200 does not respond');
  });

  it('say that a service has no accounts', async () => {
    const { url } = await openTestCafe({ env: WITH_ADMIN });
    const { err } = await keys(['list', '--service', url], WITH_ADMIN);
    expect(err).toContain('This service has no accounts. Set DATABASE_URL');
  });
});

describe('keys', () => {
  it.each([
    [['create'], /required option '--account <name>' not specified/],
    [['create', '--account', '../x'], /'--account <name>' argument '..\/x' is invalid/],
    [['create', '--account', 'a', '--name', ' '], /It must be 1 to 100 characters/],
    [['create', '--account', 'a', '--scopes', 'read,root'], /list of generate, read, admin/],
    [['create', '--account', 'a', '--scopes', ''], /list of generate, read, admin/],
    [['create', '--account', 'a', '--expires', '2027-02-30'], /a day such as 2027-01-31/],
    [['create', '--account', 'a', '--expires', 'soon'], /a day such as 2027-01-31/],
    [['list', '--account', 'a b'], /It must be 1 to 255 ASCII letters/],
    [['list', '--service', 'cafe.example'], /It must be a URL/],
    [['list', '--service', 'https://cafe.example'], /Set ADMIN_TOKEN to the admin token/],
    [['revoke'], /missing required argument 'id'/],
    [['revoke', 'CI'], /It must be an ID that "keys list" prints/],
  ])('say what is wrong with %j', async (args, words) => {
    const { code, out, err } = await keys(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(words);
  });

  it.each([
    [{ STUDIO: 'off' }, /There is no database: set DATABASE_URL, or STUDIO=on/],
    [{ IMAGE_STORE: 'memory' }, /The database is in memory/],
    [{ NODE_ENV: 'production' }, /The environment is not usable/],
  ])('say what is missing in %j', async (env, words) => {
    const { code, err } = await keys(['list'], env as Record<string, string>);
    expect(code).toBe(1);
    expect(err).toMatch(words);
  });
});
