import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPage } from '../../src/cli/doctor/page-markup.ts';
import { run } from '../../src/cli/program.ts';
import { openAdmin, WITH_ADMIN } from '../support/admin-caller.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
import { openTestCafe } from '../support/open-test-cafe.ts';
import { productionEnvironment } from '../support/production-environment.ts';

const ROOT = path.join(import.meta.dirname, '../..');

async function printed(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { terminal, written } = recordingTerminal();
  expect(await run(['snippet', ...args], env, terminal)).toBe(0);
  return written.out;
}

describe('snippet', () => {
  it('prints what goes into a page, which the doctor finds there', async () => {
    const text = await printed(['--service', 'https://cafe.example/', '--path', '/a&b"/']);
    const { elements, scripts } = readPage(text);
    expect(Object.fromEntries(elements[0] ?? [])).toEqual({
      'page-path': '/a&b"/',
      'page-type': 'article',
      caption: '',
    });
    expect(scripts[0]?.get('src')).toBe('https://cafe.example/bytesized-cafe-app/cafe-image.js');
    expect(text).toContain('image?path=%2Fa%26b%22%2F&amp;type=article&amp;rendition=card');
    expect(text).toContain('CORS_ALLOWED_ORIGINS');
  });

  it('is what README.md and the recipes show, word for word, with nothing inline', async () => {
    const args = ['--service', 'https://cafe.example'];
    const text = await printed(args);
    const { script, element, styles, preview } = JSON.parse(await printed([...args, '--json']));
    for (const part of [script, element, styles, preview]) expect(text).toContain(`\n${part}\n`);
    expect(text).not.toMatch(/<style|\bstyle=/);
    for (const name of ['README.md', 'docs/recipes.md', 'docs/element.md']) {
      const shown = await readFile(path.join(ROOT, name), 'utf8');
      expect(shown).toContain(`\`\`\`css\n${styles}\n\`\`\`\n`);
    }
    for (const name of ['README.md', 'docs/recipes.md']) {
      const shown = await readFile(path.join(ROOT, name), 'utf8');
      expect(shown).toContain(`${element}\n\`\`\`\n`);
      expect(shown).toContain(`\`\`\`html\n${script}\n`);
    }
    expect(await readFile(path.join(ROOT, 'docs/recipes.md'), 'utf8')).toContain(preview);
  });

  it('reserves the space of the mount form with the same rules', async () => {
    const { styles } = JSON.parse(await printed(['--service', 'https://cafe.example', '--json']));
    const rules = styles
      .replaceAll('cafe-image:not(:defined)', '[data-cafe-image]:not(:has(> cafe-image))')
      .replace('cafe-image {', '[data-cafe-image] {');
    const shown = await readFile(path.join(ROOT, 'docs/element-behaviour.md'), 'utf8');
    expect(shown).toContain(`\`\`\`css\n${rules}\n\`\`\`\n`);
  });

  it.each([
    ['index', '/'],
    ['article', '/posts/hello/'],
    ['archive', '/page/2/index.html'],
  ])('has an example of the type %s: %s', async (type, expected) => {
    const text = await printed(['--service', 'https://cafe.example', '--type', type]);
    expect(text).toContain(`<cafe-image page-path="${expected}" page-type="${type}" caption>`);
    expect(text).toContain(`image?path=${encodeURIComponent(expected)}&amp;type=${type}&amp;rend`);
  });

  it('is what the admin shows, for the address that the browser has', async () => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const { get } = await openAdmin(cafe);
    const service = 'https://cafe.example';
    const { script, element, styles } = JSON.parse(await printed(['--service', service, '--json']));
    expect((await get('/settings')).body.snippet).toEqual({ script, element, styles });
    const other = await get(
      `/settings?service=${encodeURIComponent('http://localhost:8080/"><b>')}`,
    );
    expect(other.body.snippet.script).toContain(' src="http://localhost:8080/bytesized-cafe-app/');
    expect((await get('/settings?service=javascript:x')).status).toBe(400);
  });

  it('needs no environment that is whole', async () => {
    const text = await printed(['--service', 'https://cafe.example'], { NODE_ENV: 'production' });
    expect(text).toContain("the pictures' origin to img-src");
  });

  it('names the origin of the pictures where a bucket is configured', async () => {
    const env = productionEnvironment({
      s3: 'https://s3.eu-west-3.amazonaws.com',
      openai: 'http://x',
    });
    const parts = JSON.parse(await printed(['--service', 'https://cafe.example', '--json'], env));
    expect(parts.contentSecurityPolicy).toBe(
      'script-src https://cafe.example; connect-src https://cafe.example; ' +
        'img-src https://cafe.example https://cafe-test.s3.eu-west-3.amazonaws.com',
    );
  });
});
