import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationPage } from '../../scripts/documentation/configuration-page.ts';
import { Environment } from '../../src/app/config/environment.ts';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it('is what the module that reads it says (npm run docs:configuration)', () => {
    expect(page).toBe(configurationPage(example));
  });

  it('has every variable once', () => {
    const named = [...page.matchAll(/^- \*\*`([A-Z0-9_]+)`\*\*/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(Object.keys(Environment.shape).toSorted());
  });

  it('says what is required, what the default is, and what a value must be', () => {
    const rowOf = (name: string) =>
      page.split('\n').find((row) => row.startsWith(`- **\`${name}\`**`));
    expect(rowOf('OPENAI_API_KEY')).toContain('** (**required**): ');
    expect(rowOf('PORT')).toContain(' (default `8080`, 1 to 65535): ');
    expect(rowOf('IMAGE_STORE')).toContain('One of `s3`, `filesystem`, `memory`.');
    expect(rowOf('DAILY_BUDGET_USD')).toMatch(/^- \*\*`DAILY_BUDGET_USD`\*\*: US dollars/);
  });

  it('cannot be written for a variable that nobody has described', () => {
    expect(() => configurationPage(example.replaceAll('ADMIN_TOKEN=', ''))).toThrow('ADMIN_TOKEN');
  });
});
