import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SYNCHRONISED } from '../../scripts/deployment/railway-variables.ts';
import { Environment } from '../../src/app/environment.ts';

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

const STAND_IN = `
  import { registerHooks } from 'node:module';
  const source = \`
    export const defineRailway = (program) => program;
    export const preserve = () => 'preserved';
    export const project = (name, { resources }) => ({ name, resources });
    export const service = (name, settings) => ({ name, ...settings });\`;
  registerHooks({
    resolve: (specifier, context, next) => specifier === 'railway/iac'
      ? { url: 'data:text/javascript,' + encodeURIComponent(source), shortCircuit: true }
      : next(specifier, context),
  });
  const { default: program } = await import(process.argv[1]);
  console.log(JSON.stringify(program()));`;

/** What `.railway/railway.ts` says, with a stand-in for Railway's module, which is no dependency. */
async function railwayProject() {
  const args = ['--input-type=module', '--eval', STAND_IN, '--'];
  const file = path.join(ROOT, '.railway/railway.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...args, file]);
  return JSON.parse(stdout);
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
    const { resources } = await railwayProject();
    expect(resources).toMatchObject([
      { build, deploy: rest, healthcheck: healthcheckPath, healthcheckTimeout },
    ]);
  });

  it('keeps the variables that the workflow sets, and all that may be set by hand', async () => {
    const [{ env }] = (await railwayProject()).resources;
    const handSet = [...Object.keys(Environment.shape), 'BACKEND_PORT', 'RAILWAY_RUN_UID'];
    for (const name of [...SYNCHRONISED, ...handSet])
      expect([name, env[name]]).toEqual([name, 'preserved']);
  });
});
