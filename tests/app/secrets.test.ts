import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/app/config/config.ts';
import { settingsInForce } from '../../src/app/config/settings.ts';
import { createLogger } from '../../src/app/log.ts';
import { findingsOf } from '../support/doctors-patient.ts';

interface Secret {
  set: string;
  hidden: string[];
  /** What it requires. */
  beside?: Record<string, string>;
}

/** Every variable that is a secret: what it is set to, and what of it must not be seen. */
const SECRETS: Readonly<Record<string, Secret>> = {
  AWS_ACCESS_KEY_ID: one('AKIACANARY0123'),
  AWS_SECRET_ACCESS_KEY: one('canary/of+the/bucket'),
  OPENAI_API_KEY: one('sk-canary-of-openai'),
  ADMIN_TOKEN: one('canary-of-the-admin-012345'),
  METRICS_TOKEN: one('canary-of-the-metrics-0123'),
  ALERT_WEBHOOK_URL: one('https://hooks.example/T0/canary?of=the,webhook'),
  OTEL_EXPORTER_OTLP_HEADERS: {
    set: 'Authorization=Bearer%20canary%22otlp,x-team=canary-of-a-team',
    hidden: ['Bearer canary"otlp', 'canary-of-a-team'],
  },
  AUTH_JWT_SECRET: {
    set: 'canary-of-the-tokens-now-0123456789,canary-of-the-tokens-next-012345678',
    hidden: ['canary-of-the-tokens-now-0123456789', 'canary-of-the-tokens-next-012345678'],
    beside: { AUTH_ISSUER: 'https://issuer.example/', AUTH_AUDIENCE: 'cafe' },
  },
  DATABASE_URL: {
    set: 'postgres://cafe:canary%20of%20the%20database@database.example/cafe',
    hidden: ['canary of the database', 'canary%20of%20the%20database'],
  },
  PAGE_TOKEN_SECRET: {
    set: 'canary-of-the-pages-now-01, canary-of-the-pages-next-2',
    hidden: ['canary-of-the-pages-now-01', 'canary-of-the-pages-next-2'],
  },
};
const NAMES = Object.keys(SECRETS).toSorted();
const CASES = Object.entries(SECRETS).map(([name, { set, hidden, beside = {} }]) => ({
  name,
  hidden,
  beside,
  env: { ...beside, [name]: set },
}));

function one(secret: string) {
  return { set: secret, hidden: [secret] };
}

function settingsOf(env: Record<string, string>) {
  return settingsInForce(loadConfig(env)).flatMap(({ settings }) => settings);
}

describe('a secret', () => {
  it.each(CASES)('in $name is not among the settings', ({ name, env, beside }) => {
    const setting = settingsOf(env).find((each) => each.name === name);
    expect(setting).toMatchObject({ value: null, isSet: true, isSecret: true });
    expect(loadConfig(env).given).toEqual({ ...beside, [name]: '' });
  });

  it.each(CASES)('in $name is not in the log, whoever repeats it', ({ env, hidden }) => {
    const lines: string[] = [];
    const logger = createLogger(loadConfig(env), {
      write: (line) => lines.push(line),
    });
    for (const secret of hidden) logger.warn({ err: new Error(`no ${secret}.`) }, `For ${secret}.`);
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      hidden.map(() =>
        expect.objectContaining({
          msg: 'For [redacted].',
          err: expect.objectContaining({ message: 'no [redacted].' }),
        }),
      ),
    );
  });

  it.each(CASES)('in $name is not in what the doctor says', async ({ name, env, hidden }) => {
    const padded = { ...env, [name]: ` ${env[name]}\r` };
    for (const secret of hidden) {
      const { text } = await findingsOf({ ...padded, ...repeating(secret) });
      expect(text).toContain('/no/[secret].mmdb');
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it('is not in what the doctor says of an environment that is not usable', async () => {
    const { set, hidden } = one('canary-of-the-metrics-0123');
    const site = new URL(`http://127.0.0.1:1/${hidden}/`);
    const { text } = await findingsOf({ METRICS_TOKEN: set, PORT: 'x' }, { site });
    expect(text).toContain('127.0.0.1:1/[secret]/');
  });
});

describe('the variables', () => {
  it('that are secrets are these', () => {
    const secret = settingsOf({}).filter(({ isSecret }) => isSecret);
    expect(secret.map(({ name }) => name).toSorted()).toEqual(NAMES);
  });

  it('whose name says that they are secrets are secrets', () => {
    const open = settingsOf({}).filter(({ isSecret }) => !isSecret);
    const secretive = /TOKEN|SECRET|PASSWORD|CREDENTIAL|WEBHOOK|_KEY\b|_HEADERS$/;
    const limits = ['ADMIN_MAX_WRONG_TOKENS'];
    const suspects = open.map(({ name }) => name).filter((name) => secretive.test(name));
    expect(suspects).toEqual(limits);
  });
});

/** An environment that has the doctor say this. */
function repeating(secret: string) {
  return { IMAGE_STORE: 'memory', GEO_LOCATOR: 'mmdb', GEO_DATABASE: `/no/${secret}.mmdb` };
}
