import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toolsIn } from '../../scripts/deployment/borrowed-tools.ts';
import { railwayProject } from '../../scripts/deployment/railway-project.ts';
import { SYNCHRONISED } from '../../scripts/deployment/railway-variables.ts';
import { Environment } from '../../src/app/config/environment.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const defaults = Environment.parse({});

/** Tables of plain values: all of TOML that the file uses, and where it used more, an error. */
function parseToml(text: string): Record<string, Record<string, unknown>> {
  const tables: Record<string, Record<string, unknown>> = {};
  let table: Record<string, unknown> | undefined;
  for (const line of text.split('\n').filter((each) => each.trim() && !each.startsWith('#'))) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name) {
      table = {};
      tables[name] = table;
      continue;
    }
    const [, key = '', value = ''] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (!table) throw new Error(`outside of a table: ${line}`);
    table[key] = JSON.parse(value);
  }
  return tables;
}

const RAILWAY_MODULE = `
  export const createRailwayContext = (context) => context;
  export const defineRailway = (program) => program;
  export const postgres = (name) => ({ name, env: { DATABASE_URL: 'from ' + name } });
  export const preserve = () => 'preserved';
  export const project = (name, { resources }) => ({ name, resources });
  export const service = (name, settings) => ({ name, ...settings });`;

/** What `.railway/railway.ts` says, read as the deployment check does, with a stand-in for Railway's module. */
async function projectOfRailway(root = ROOT) {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-railway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const railway = path.join(folder, 'node_modules/railway');
  await mkdir(railway, { recursive: true });
  const about = { name: 'railway', exports: { './iac': './iac.mjs' } };
  await writeFile(path.join(railway, 'package.json'), JSON.stringify(about));
  await writeFile(path.join(railway, 'iac.mjs'), RAILWAY_MODULE);
  return railwayProject(root, toolsIn(folder));
}

describe('Railway', () => {
  const toml = readFile(path.join(ROOT, 'railway.toml'), 'utf8').then(parseToml);

  it('R0-106: builds the Dockerfile, and asks /health', async () => {
    const { build, deploy } = await toml;
    expect(build).toEqual({ builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' });
    expect(deploy).toMatchObject({ healthcheckPath: '/health', restartPolicyType: 'ON_FAILURE' });
  });

  it('waits for a picture and its uploads before it ends the old service', async () => {
    const { drainingSeconds = 0, overlapSeconds = 0 } = (await toml).deploy ?? {};
    expect(Number(drainingSeconds) * 1000).toBeGreaterThan(defaults.OPENAI_TIMEOUT_MS + 120_000);
    expect(Number(drainingSeconds) * 1000).toBeGreaterThan(defaults.DRAIN_TIMEOUT_MS);
    expect(overlapSeconds).toBeGreaterThan(0);
  });

  it('D17: is told the same by the file that takes over', async () => {
    const { build, deploy = {} } = await toml;
    const { healthcheckPath, healthcheckTimeout, ...rest } = deploy;
    const { resources } = await projectOfRailway();
    expect(resources).toMatchObject([
      { build, deploy: rest, healthcheck: healthcheckPath, healthcheckTimeout },
    ]);
  });

  it('has a database beside the service where the file says so', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'cafe-railway-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const file = '.railway/railway.ts';
    const text = await readFile(path.join(ROOT, file), 'utf8');
    const changed = text.replace('HAS_DATABASE = false', 'HAS_DATABASE = true');
    expect(changed).not.toBe(text);
    await mkdir(path.join(root, '.railway'));
    await writeFile(path.join(root, file), changed);
    await symlink(path.join(ROOT, 'src'), path.join(root, 'src'));
    const { resources } = await projectOfRailway(root);
    const [database, backend] = resources as unknown as { name: string; env: object }[];
    expect(database?.name).toBe('database');
    expect(backend).toMatchObject({ name: 'backend', env: { DATABASE_URL: 'from database' } });
  });

  it('keeps the variables that the workflow sets, and all that may be set by hand', async () => {
    const env = (await projectOfRailway()).resources[0]?.env ?? {};
    const handSet = [...Object.keys(Environment.shape), 'BACKEND_PORT', 'RAILWAY_RUN_UID'];
    for (const name of [...SYNCHRONISED, ...handSet])
      expect([name, env[name]]).toEqual([name, 'preserved']);
  });
});
