import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../../src/app/config/environment.ts';
import { openAdmin, TOKEN, WITH_ADMIN } from '../../support/admin-caller.ts';
import { BLOG, openTestCafe } from '../../support/open-test-cafe.ts';

type Setting = { name: string; value: string | null; isSet: boolean; isSecret: boolean };

async function settings(env: Record<string, string> = {}) {
  const cafe = await openTestCafe({ env: { ...WITH_ADMIN, ...env } });
  const { status, body } = await (await openAdmin(cafe)).get('/settings');
  expect(status).toBe(200);
  const all: Setting[] = body.groups.flatMap((group: { settings: Setting[] }) => group.settings);
  return { body, all, of: (name: string) => all.find((each) => each.name === name) };
}

describe('the settings', () => {
  it('name every variable once, in a group, and say what it is for', async () => {
    const { all } = await settings();
    expect(all.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(Environment.shape).toSorted(),
    );
    expect(all.filter((each) => !(each as unknown as { about: string }).about)).toEqual([]);
  });

  it('are grouped as the page is that has all of them', async () => {
    const { body } = await settings();
    const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const [, ...sections] = page.split(/^## /m);
    const documented = sections.map((section) => [
      section.split('\n', 1)[0],
      [...section.matchAll(/^- \*\*`(\w+)`/gm)].map(([, name]) => name).toSorted(),
    ]);
    const shown = body.groups.map((group: { title: string; settings: Setting[] }) => [
      group.title,
      group.settings.map(({ name }) => name).toSorted(),
    ]);
    expect(shown).toEqual(documented);
  });

  it('tell what is set from what is a default', async () => {
    const { body, of } = await settings({
      DAILY_GENERATION_BUDGET: '7',
      MONTHLY_BUDGET_USD: '20.50',
    });
    expect(of('DAILY_GENERATION_BUDGET')).toMatchObject({ value: '7', isSet: true });
    expect(of('MONTHLY_BUDGET_USD')).toMatchObject({ value: '20.50', isSet: true });
    expect(of('DAILY_BUDGET_USD')).toMatchObject({ value: null, isSet: false });
    expect(of('OPENAI_IMAGE_QUALITY')).toMatchObject({ value: 'medium', isSet: false });
    expect(of('IMAGE_STORE')).toMatchObject({ value: 's3', isSet: false });
    expect(of('ADMIN_BUDGET_CEILING')).toMatchObject({ value: '70', isSet: false });
    expect(body.allowedOrigins).toEqual([BLOG]);
  });

  it('hold no secret, nor a part of one', async () => {
    const { body, of } = await settings();
    for (const name of ['ADMIN_TOKEN', 'OPENAI_API_KEY', 'AWS_ACCESS_KEY_ID']) {
      expect(of(name)).toMatchObject({ value: null, isSet: true, isSecret: true });
    }
    const text = JSON.stringify(body);
    for (const secret of [TOKEN, 'canary-key-id', 'canary-secret', 'sk-canary', 'canary']) {
      expect(text).not.toContain(secret);
    }
  });
});
