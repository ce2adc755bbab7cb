import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY, openPatient, SECRET } from '../support/doctors-patient.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { WarmingStandIn } from '../support/warming-stand-in.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BIN = path.join(ROOT, 'src/cli/bytesized-cafe.mjs');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function node(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const options = { env: { PATH: process.env.PATH ?? '', ...env }, cwd: tmpdir() };
  execFile(process.execPath, args, options, (error, stdout, stderr) => {
    resolve({ code: Number(error?.code ?? 0), stdout, stderr });
  });
  return promise;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'cafe-cli-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

describe('the command', () => {
  it('leaves a job alone on Ctrl-C, and says how to stop it', async () => {
    const standIn = new WarmingStandIn();
    const server = await serveFetch(standIn.handle);
    onTestFinished(() => server.close());
    const args = [
      BIN,
      'warm',
      '--service',
      server.url,
      '--sitemap',
      '--most',
      '900',
      '--countries',
      'FR',
    ];
    standIn.pages = 1000;
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH ?? '', ADMIN_TOKEN: standIn.token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complaints = text(child.stderr);
    for await (const chunk of child.stdout) {
      if (String(chunk).includes('/1000 pages, ')) child.kill('SIGINT');
    }
    const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
    expect(await complaints).toContain('To stop it, run "pre-generate --stop".');
    expect(code).toBe(0);
    expect(standIn.job?.state).toBe('running');
  });

  it('ends with 0 where all is well, and says so in JSON', async () => {
    const { env, site, service } = await openPatient();
    const args = [BIN, 'doctor', '--site', site.href, '--service', service, '--json'];
    const { code, stdout, stderr } = await node(args, env);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(code).toBe(0);
  });

  it('ends with 1 where something failed, and gives each line its remedy', async () => {
    const { env } = await openPatient({ s3: { publicPrefix: 'elsewhere/' } });
    const { code, stdout } = await node([BIN, 'doctor'], env);
    expect(stdout).toMatch(/^✓ bucket {14}The store accepts the access key/m);
    expect(stdout).toMatch(/^✗ public-pictures .* returns 403\.\n {22}→ Apply the bucket policy/m);
    expect(stdout).toMatch(/\n1 to fix, 0 warnings, 0 not checked, \d+ OK\.\n$/);
    for (const secret of [SECRET, KEY]) expect(stdout).not.toContain(secret);
    expect(code).toBe(1);
  });

  it('takes from a file what the environment does not set', async () => {
    const file = path.join(await folder(), '.env');
    await writeFile(file, 'NODE_ENV=production\nAWS_REGION=eu west\n');
    const args = [BIN, '--env', file, 'doctor', '--json'];
    const { code, stdout } = await node(args, { AWS_REGION: 'eu-west-3' });
    expect(stdout).toContain('GENERATED_IMAGES_BUCKET is required');
    expect(stdout).not.toContain('AWS_REGION');
    expect(code).toBe(1);
    const missing = await node([BIN, '--env', `${file}.not`, 'doctor']);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') });
  });

  it('reads the file as docker does: quotes are a part of the value', async () => {
    const file = path.join(await folder(), 'cafe.env');
    await writeFile(
      file,
      '\uFEFF# ours\n\n  NODE_ENV="production"\r\nIMAGE_STORE=memory # no\nHOST\n',
    );
    const { code, stdout } = await node([BIN, '--env', file, 'doctor', '--json']);
    expect(stdout).toContain('NODE_ENV is in quotes');
    expect(stdout).toContain('IMAGE_STORE Invalid option');
    expect(code).toBe(1);
    await writeFile(file, 'A=1\nexport NODE_ENV=production\n');
    const refused = await node([BIN, '--env', file, 'doctor']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('line 2 has no') });
  });

  it.each([
    [['doctor', '--site', 'blog.example'], /It must be a URL such as https/],
    [['doctor', '--timeout', '0'], /whole number from 1 to 300/],
    [['costs', '--days', '91'], /whole number from 1 to 90/],
    [['snippet', '--type', 'novel'], /Allowed choices are index, article, archive/],
    [['snippet'], /Set --service to the URL of the service/],
    [['warm', '--service', 'https://cafe.example'], /Set ADMIN_TOKEN/],
    [['nonesuch'], /unknown command 'nonesuch'/],
  ])('says what is wrong with %j', async (args, words) => {
    const { code, stdout, stderr } = await node([BIN, ...args]);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('says which Node it needs to one that is older', async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '20.11.1' } })`;
    const { code, stderr } = await node(['--import', `data:text/javascript,${pretend}`, BIN]);
    expect(stderr).toContain('needs Node 24 or newer');
    expect(code).toBe(1);
  });

  it('runs where npm has installed it, below node_modules', async () => {
    const modules = path.join(await folder(), 'node_modules');
    const installed = path.join(modules, 'bytesized-cafe');
    await mkdir(installed, { recursive: true });
    await cp(path.join(ROOT, 'src'), path.join(installed, 'src'), { recursive: true });
    await cp(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
    // npm pack puts the workspace into the package; the other dependencies stand beside it.
    const painter = path.join(installed, 'node_modules/@bytesized-cafe/sketch-painter');
    await cp(path.join(ROOT, 'packages/sketch-painter'), painter, { recursive: true });
    for (const name of await readdir(path.join(ROOT, 'node_modules'))) {
      if (name.startsWith('.') || name === '@bytesized-cafe') continue;
      await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    }
    const bin = path.join(installed, 'src/cli/bytesized-cafe.mjs');
    const { code, stdout, stderr } = await node([bin, 'doctor', '--json'], {
      IMAGE_STORE: 'memory',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(code).toBe(0);
  });
});
