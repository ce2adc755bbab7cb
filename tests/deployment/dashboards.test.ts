import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CANARIES } from '../support/canaries.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { refusal } from '../support/openai-answers.ts';
import { PostgresStandIn } from '../support/postgres-stand-in.ts';

const read = (name: string) => readFileSync(path.join(import.meta.dirname, '../..', name), 'utf8');
const TOKEN = CANARIES.metricsToken;
/** How Prometheus calls the parts of a histogram. */
const PARTS = /_(bucket|count|sum)$/;

/** The names of metrics in expressions, apart from what Prometheus itself adds. */
function metricsIn(expressions: string): Set<string> {
  return new Set(expressions.match(/\b(cafe|nodejs|process)_[a-z0-9_]+/g));
}

/** Every metric of a service in which something of all kinds has happened, and its labels. */
async function exposed(): Promise<Map<string, string>> {
  const server = await PostgresStandIn.start();
  onTestFinished(() => server.close());
  // All connections of the stand-in are one session, so there may be only one.
  const database = { DATABASE_URL: server.url, DATABASE_MAX_CONNECTIONS: '1' };
  const cafe = await openTestCafe({ env: { METRICS_TOKEN: TOKEN, ...database } });
  await cafe.ask('/posts/one');
  cafe.openai.answerNext(refusal(401, { message: 'no', code: 'invalid_api_key' }));
  await cafe.ask('/posts/two');
  const { body } = await cafe.send('/metrics', { headers: { Authorization: `Bearer ${TOKEN}` } });
  const lines = String(body)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.replace(/[{ ].*/, ''), line]));
}

const dashboard = read('infra/grafana/bytesized-cafe.json');
const rules = read('infra/prometheus/alerts.yml');

describe('what is ready made for Grafana and Prometheus', () => {
  it('asks only for metrics that there are', async () => {
    const there = await exposed();
    const expressions = JSON.parse(dashboard).panels.flatMap(
      ({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr),
    );
    expect(expressions.length).toBeGreaterThan(15);
    for (const name of [...metricsIn(expressions.join('\n')), ...metricsIn(rules)]) {
      expect([...there.keys()], name).toContain(name);
    }
  });

  it('asks only for labels that they have', async () => {
    const there = await exposed();
    for (const [, name = '', labels = ''] of rules.matchAll(/\b(cafe_\w+)\{([^}]*)\}/g)) {
      for (const [, label] of labels.matchAll(/(\w+)[=!]/g)) {
        expect(there.get(name), name).toContain(`${label}="`);
      }
    }
  });

  it('shows every metric of the cafe itself', async () => {
    const shown = [...metricsIn(dashboard)].map((name) => name.replace(PARTS, ''));
    const own = [...(await exposed()).keys()].filter((name) => name.startsWith('cafe_'));
    // Limits are configured, and what is reserved is used.
    const known = /^cafe_budget_\w+_(limit|reserved)$/;
    const missing = own.filter((name) => !shown.includes(name.replace(PARTS, '')));
    expect(missing.filter((name) => !known.test(name))).toEqual([]);
  });

  it('has panels that can be told apart', () => {
    const { panels, uid } = JSON.parse(dashboard);
    const ids = panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(uid).toBe('bytesized-cafe');
  });
});
