import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { recordingCommand } from '../support/recording-command.ts';

const ROOT = path.join(import.meta.dirname, '../..');

const SEVEN = {
  GENERATED_IMAGES_BUCKET: 'cafe-pictures',
  OPENAI_API_KEY: 'sk-canary',
  OPENAI_IMAGE_MODEL: 'gpt-image-1.5',
  IMAGE_GEN_PREFIX: 'generated/v2',
  AWS_REGION: 'eu-west-3',
  AWS_ACCESS_KEY_ID: 'canary-key-id',
  AWS_SECRET_ACCESS_KEY: 'canary secret $(id) "quoted"',
};
const JOB = {
  ...SEVEN,
  RAILWAY_TOKEN: 'canary-token',
  RAILWAY_PROJECT: 'p-1',
  RAILWAY_ENVIRONMENT: 'production',
  RAILWAY_SERVICE: 'backend',
};

/** Runs the script as the workflow does, with a stand-in for Railway's CLI. */
async function sync(env: Record<string, string>, { args = [] as string[], answer = '' } = {}) {
  const railway = await recordingCommand('railway', answer);
  const script = path.join(ROOT, 'scripts/sync-railway-variables.ts');
  const PATH = `${railway.folder}:/usr/bin:/bin`;
  const ran = await promisify(execFile)(process.execPath, [script, ...args], {
    env: { ...env, PATH },
  }).then(
    (said) => ({ code: 0, ...said }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  );
  const calls = await railway.calls();
  const set = Object.fromEntries(calls.map((call) => [call.args[2], call.stdin]));
  return { ...ran, calls, set, output: `${ran.stdout}${ran.stderr}` };
}

describe('the variables on Railway', () => {
  it('R0-116, R0-117: are the seven, and an address and a port to listen on', async () => {
    const { code, set } = await sync(JOB);
    expect(code).toBe(0);
    expect(set).toEqual({ ...SEVEN, HOST: '0.0.0.0', PORT: '8080' });
  });

  it('R0-114: get their values through standard input, and nothing is deployed yet', async () => {
    const { calls, output } = await sync(JOB);
    expect(calls).toHaveLength(9);
    for (const { args, env } of calls) {
      const target = ['--project', 'p-1', '--environment', 'production', '--service', 'backend'];
      expect(args).toEqual(['variable', 'set', args[2], '--stdin', '--skip-deploys', ...target]);
      expect(args.join(' ')).not.toMatch(/canary|cafe-pictures/);
      expect(env).toContain('RAILWAY_TOKEN');
      expect(env).not.toContain('OPENAI_API_KEY');
    }
    expect(output).not.toMatch(/canary|cafe-pictures/);
  });

  it('R0-117: take another address and port where the job says so', async () => {
    const { set } = await sync({
      ...JOB,
      RAILWAY_RUNTIME_HOST: '::',
      RAILWAY_RUNTIME_PORT: '9090',
    });
    expect(set).toMatchObject({ HOST: '::', PORT: '9090' });
  });

  it('are only named in a dry run, which needs neither token nor Railway', async () => {
    const { RAILWAY_TOKEN: _, ...job } = JOB;
    const dry = await sync({ ...job, RAILWAY_RUNTIME_PORT: '9090' }, { args: ['--dry-run'] });
    expect([dry.code, dry.calls]).toEqual([0, []]);
    expect(dry.output).not.toMatch(/canary/);
    for (const name of Object.keys(SEVEN)) expect(dry.stdout).toContain(`would set ${name} `);
    expect(dry.stdout).toMatch(/would set HOST=0\.0\.0\.0\nwould set PORT=9090\n$/);
  });

  it('are not touched when some are missing; all of those are named', async () => {
    const { code, calls, stderr } = await sync({
      ...JOB,
      OPENAI_API_KEY: ' ',
      AWS_REGION: '',
      RAILWAY_SERVICE: '',
      RAILWAY_RUNTIME_PORT: 'http',
    });
    expect([code, calls]).toEqual([1, []]);
    expect(stderr.trim().split('\n')).toEqual([
      'RAILWAY_SERVICE is not set',
      'OPENAI_API_KEY is not set',
      'AWS_REGION is not set',
      'RAILWAY_RUNTIME_PORT must be a port, 1 to 65535',
    ]);
  });

  it.each(Object.keys(SEVEN))('are not touched without %s', async (name) => {
    const { code, calls, stderr } = await sync({ ...JOB, [name]: '' });
    expect([code, calls, stderr]).toEqual([1, [], `${name} is not set\n`]);
  });

  it('stop at the first that Railway refuses, without showing it', async () => {
    const answer = `if (args[2] === 'OPENAI_API_KEY') { console.error('no: ' + stdin); process.exit(3); }`;
    const { code, calls, output } = await sync(JOB, { answer });
    expect([code, calls.length]).toEqual([1, 2]);
    expect(output).toContain('railway variable set OPENAI_API_KEY ended with 3:\nno: (not shown)');
    expect(output).not.toContain('canary');
  });

  it('need a project token', async () => {
    const { RAILWAY_TOKEN: _, ...job } = JOB;
    const { code, calls, stderr } = await sync(job);
    expect([code, calls, stderr]).toEqual([1, [], 'RAILWAY_TOKEN is not set\n']);
  });
});
