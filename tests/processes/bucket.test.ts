import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { recordingCommand } from '../support/recording-command.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BUCKET = ['--bucket', 'cafe-pictures', '--region', 'eu-west-3'];

/** Runs create-bucket.sh with a stand-in for the AWS CLI. */
async function createBucket(args: string[], { answer = '', env = {} } = {}) {
  const aws = await recordingCommand('aws', answer);
  const script = path.join(ROOT, 'infra/aws-cli/create-bucket.sh');
  const running = promisify(execFile)(script, args, {
    env: { PATH: `${aws.folder}:/usr/bin:/bin`, ...env },
  });
  // The stand-in reads what it is given, to the end.
  running.child.stdin?.end();
  const ran = await running.then(
    (said) => ({ code: 0, ...said }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  );
  return { ...ran, calls: (await aws.calls()).map((call) => call.args) };
}

/** As for a bucket and a user that are not there yet. */
const NOTHING_THERE = `if (/^(head-bucket|get-user)$/.test(args[1])) process.exit(254);
  if (args[1] === 'create-access-key') console.log('AKID\\tcanary/secret');`;

/** What was sent with an option of the one call that has it. */
function sent(calls: string[][], option: string) {
  const values = calls.filter((args) => args.includes(option));
  expect(values).toHaveLength(1);
  return JSON.parse(values[0]?.[values[0].indexOf(option) + 1] ?? '');
}

describe('create-bucket.sh', () => {
  it('R0-044, R0-045: enforces the owner, and keeps ACLs blocked but not the policy', async () => {
    const { code, calls } = await createBucket(BUCKET, { answer: NOTHING_THERE });
    expect(code).toBe(0);
    expect(sent(calls, '--ownership-controls')).toEqual({
      Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }],
    });
    expect(sent(calls, '--public-access-block-configuration')).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    const at = (name: string) => calls.findIndex((args) => args[1] === name);
    expect(at('put-public-access-block')).toBeLessThan(at('put-bucket-policy'));
    expect(calls.flat().join(' ')).not.toMatch(/--acl|--grant/);
  });

  it('N12, R0-046, R0-049: lets everybody get what is below the prefix, and nothing else', async () => {
    const { calls } = await createBucket([...BUCKET, '--prefix', 'pictures/v3'], {
      answer: NOTHING_THERE,
    });
    expect(sent(calls, '--policy')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ReadPictures',
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::cafe-pictures/pictures/v3/*',
        },
      ],
    });
  });

  it('R0-061: expires the pictures after 30 days by one rule, and no record', async () => {
    const { calls } = await createBucket(BUCKET, { answer: NOTHING_THERE });
    const { Rules: rules } = sent(calls, '--lifecycle-configuration');
    expect(rules).toEqual([
      {
        ID: 'expire-pictures',
        Status: 'Enabled',
        Filter: { Prefix: 'generated/v2/' },
        Expiration: { Days: 30 },
      },
    ]);
  });

  it('lets pages of any origin read pictures, by GET and HEAD', async () => {
    const { calls } = await createBucket(BUCKET, { answer: NOTHING_THERE });
    const { CORSRules: rules } = sent(calls, '--cors-configuration');
    expect(rules).toMatchObject([{ AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['*'] }]);
  });

  it('allows the service what it does: pictures that are taken down are deleted, too', async () => {
    const { calls } = await createBucket(BUCKET, { answer: NOTHING_THERE });
    const { Statement: statements } = sent(calls, '--policy-document') as {
      Statement: { Action: string | string[]; Resource: string | string[] }[];
    };
    const allowed = statements.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => [action, [Resource].flat()]),
    );
    const arn = 'arn:aws:s3:::cafe-pictures';
    const both = [`${arn}/generated/v2/*`, `${arn}/records/*`];
    expect(allowed).toEqual([
      ['s3:ListBucket', [arn]],
      ['s3:GetObject', both],
      ['s3:PutObject', both],
      ['s3:DeleteObject', both],
    ]);
    expect(statements[0]).toMatchObject({
      Condition: { StringLikeIfExists: { 's3:prefix': ['generated/v2/*', 'records/*'] } },
    });
  });

  it('makes what is there no second time', async () => {
    const { code, calls } = await createBucket(BUCKET);
    expect(code).toBe(0);
    const made = calls.map((args) => args[1]).filter((name) => name?.startsWith('create'));
    expect(made).toEqual([]);
  });

  it('changes and asks nothing in a dry run, and shows it', async () => {
    const { code, calls, stdout } = await createBucket([...BUCKET, '--dry-run']);
    expect([code, calls]).toEqual([0, []]);
    expect(stdout).toContain('aws s3api create-bucket --bucket cafe-pictures --region eu-west-3');
    expect(stdout).toContain('arn:aws:s3:::cafe-pictures/generated/v2/*');
  });

  it('prints lines for the environment, with the key where it is asked for', async () => {
    const { stdout } = await createBucket([...BUCKET, '--access-key'], { answer: NOTHING_THERE });
    expect(stdout.trim().split('\n')).toEqual([
      'GENERATED_IMAGES_BUCKET=cafe-pictures',
      'AWS_REGION=eu-west-3',
      'IMAGE_GEN_PREFIX=generated/v2',
      'RECORDS_PREFIX=records',
      'AWS_ACCESS_KEY_ID=AKID',
      'AWS_SECRET_ACCESS_KEY=canary/secret',
    ]);
  });

  it("asks another store for nothing that is Amazon's own", async () => {
    const { code, calls } = await createBucket([...BUCKET, '--compatible'], {
      answer: NOTHING_THERE,
    });
    expect(code).toBe(0);
    expect(calls.map((args) => args[1])).toEqual([
      'head-bucket',
      'create-bucket',
      'put-bucket-policy',
      'put-bucket-lifecycle-configuration',
      'put-bucket-cors',
    ]);
  });

  it('names no region where it must not, in us-east-1', async () => {
    const { calls } = await createBucket(['--bucket', 'cafe-pictures', '--region', 'us-east-1'], {
      answer: NOTHING_THERE,
    });
    const create = calls.find((args) => args[1] === 'create-bucket');
    expect(create).not.toContain('--create-bucket-configuration');
  });

  it.each([
    [['--region', 'eu-west-3'], /--bucket/],
    [['--bucket', 'cafe.pictures', '--region', 'eu-west-3'], /--bucket/],
    [['--bucket', 'cafe-pictures'], /--region/],
    [[...BUCKET, '--prefix', '/generated'], /prefix/],
    [[...BUCKET, '--prefix', '*'], /prefix/],
    [[...BUCKET, '--records-prefix', 'generated/v2/records'], /public/],
    [[...BUCKET, '--acl', 'public-read'], /--acl/],
    [['--bucket'], /needs a value/],
  ])('refuses %j before anything is asked', async (args, why) => {
    const { code, calls, stderr } = await createBucket(args);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toMatch(why);
  });

  it("R0-047: refuses the site's bucket", async () => {
    const { code, stderr } = await createBucket(BUCKET, {
      env: { AWS_S3_BUCKET: 'cafe-pictures' },
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining("the site's bucket")]);
  });

  it('ends with what AWS refuses', async () => {
    const { code, calls } = await createBucket(BUCKET, {
      answer: "if (args[1] === 'put-bucket-policy') process.exit(254);",
    });
    expect(code).toBe(254);
    expect(calls.at(-1)?.[1]).toBe('put-bucket-policy');
  });
});

describe('the Terraform module', () => {
  it('sends the documents that the script sends, and has no second version of them', async () => {
    const files = ['main.tf', 'service-user.tf'].map((name) =>
      readFile(path.join(ROOT, 'infra/terraform', name), 'utf8'),
    );
    const text = (await Promise.all(files)).join('\n');
    const script = await readFile(path.join(ROOT, 'infra/aws-cli/create-bucket.sh'), 'utf8');
    const named = (source: string, pattern: RegExp) =>
      [...source.matchAll(pattern)].map(([, name]) => name).toSorted();
    const used = named(text, /\$\{local\.documents\}\/([\w-]+\.json)"/g);
    expect(used).toHaveLength(6);
    expect(used).toEqual(named(script, /\$\(document ([\w-]+\.json)\)/g));
    expect(text).toMatch(/documents = "\$\{path\.module\}\/\.\.\/bucket"/);
    expect(text).not.toMatch(/s3:GetObject|BucketOwnerEnforced|= 30\b/);
  });
});
