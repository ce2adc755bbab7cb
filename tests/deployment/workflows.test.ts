import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SYNCHRONISED } from '../../scripts/deployment/railway-variables.ts';
import { INVALIDATED } from '../../scripts/deployment/site-deployment.ts';
import { faultsInWorkflow } from '../../scripts/deployment/workflow-rules.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (name: string) => readFile(path.join(ROOT, name), 'utf8');
const deploy = await read('.github/workflows/deploy.yml');

// As text: `npm run validate:deployment` parses them, with packages that are no dependencies.
describe('the deploy workflow', () => {
  it('R0-113: runs on pushes to main', () => {
    expect(deploy).toMatch(/^on:\n {2}push:\n {4}branches: \[main\]$/m);
  });

  it('R0-116: gives the seven variables to the one step that sets them, secrets as secrets', () => {
    const secret = ['OPENAI_API_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    for (const name of SYNCHRONISED) {
      const from = secret.includes(name) ? 'secrets' : 'vars';
      expect(deploy).toContain(`          ${name}: \${{ ${from}.${name} }}\n`);
    }
    expect(deploy.match(/secrets\.OPENAI_API_KEY/g)).toHaveLength(1);
  });

  it('R0-109, R0-114: deploys to the configured project, environment and service', () => {
    const command = deploy.match(/railway up [^#]*?\n {8}env:/)?.[0].replace(/\s+/g, ' ');
    expect(command).toMatch(/^railway up \. --ci --path-as-root /);
    for (const name of ['project', 'environment', 'service']) {
      expect(command).toContain(`--${name} "$RAILWAY_${name.toUpperCase()}"`);
    }
  });

  it('R0-101, R0-102, R0-118: builds the site for the cafe, and brings it to its bucket', () => {
    for (const name of [
      'BYTESIZED_CAFE_API_URL',
      'SITE_URL',
      'AWS_S3_BUCKET',
      'CLOUDFRONT_DISTRIBUTION_ID',
    ]) {
      expect(deploy).toContain(`          ${name}: \${{ vars.${name} }}\n`);
    }
    expect(deploy).toMatch(/npm run site:release[\s\S]*npm run site:deploy/);
  });

  it('R0-120: has exactly the paths that change invalidated', () => {
    const [, list = ''] = /INVALIDATED_PATHS: >-\n((?: {12}\S+\n)+)/.exec(deploy) ?? [];
    expect(list.trim().split(/\s+/)).toEqual(INVALIDATED);
  });
});

describe('every workflow', () => {
  it('names actions by whole versions, and puts no expression into a command', async () => {
    const names = await readdir(path.join(ROOT, '.github/workflows'));
    expect(names.toSorted()).toEqual(['ci.yml', 'deploy.yml', 'nightly.yml']);
    for (const name of names) {
      const text = await read(`.github/workflows/${name}`);
      const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
      expect(used.length).toBeGreaterThan(0);
      for (const action of used) expect(action).toMatch(/@v\d+\.\d+\.\d+$/);
      expect(text).not.toMatch(/run: .*\$\{\{/);
    }
  });

  const sound = {
    permissions: { contents: 'read' },
    concurrency: 'x',
    jobs: { build: { 'timeout-minutes': 5, steps: [{ uses: 'actions/checkout@v7.0.1' }] } },
  };
  const withStep = (step: object) => ({
    ...sound,
    jobs: { build: { 'timeout-minutes': 5, steps: [step] } },
  });

  it('passes the rules where it keeps them', () => {
    expect(faultsInWorkflow(sound)).toEqual([]);
  });

  it.each([
    [{ ...sound, permissions: undefined }, /permissions/],
    [{ ...sound, permissions: { contents: 'write' } }, /permissions/],
    [{ ...sound, concurrency: undefined }, /concurrency/],
    [{ ...sound, jobs: { build: {} } }, /timeout/],
    [withStep({ uses: 'actions/checkout@v7' }), /pinned/],
    [withStep({ uses: 'actions/checkout@main' }), /pinned/],
    [withStep({ run: `echo \${{ github.head_ref }}` }), /expression/],
  ])('is refused otherwise: %j', (workflow, why) => {
    expect(faultsInWorkflow(workflow)).toEqual([expect.stringMatching(why)]);
  });
});

describe('the versions of Node', () => {
  it('R0-105, R0-122: are one, everywhere', async () => {
    const version = (await read('.node-version')).trim();
    const about = JSON.parse(await read('package.json'));
    expect(about.devDependencies.node).toBe(version);
    for (const name of ['ci.yml', 'nightly.yml']) {
      expect(await read(`.github/workflows/${name}`)).toContain(`image: node:${version}-bookworm`);
    }
    const dockerfile = await read('Dockerfile');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    const named = [...dockerfile.matchAll(/ AS (\S+)$/gm)].map(([, name = '']) => name);
    const stages = bases.filter((base) => !named.includes(base));
    const full = `node:${version}-bookworm`;
    expect(stages).toEqual([full, full, `${full}-slim`]);
  });
});
