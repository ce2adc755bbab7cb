import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPage } from '../../src/cli/doctor/page-markup.ts';
import { run } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/doctors-patient.ts';
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

  it('keeps the place by a stylesheet that README.md, the recipes and the admin give, too, and by nothing inline', async () => {
    const text = await printed(['--service', 'https://cafe.example']);
    const { styles } = JSON.parse(await printed(['--service', 'https://cafe.example', '--json']));
    expect(styles).toContain('cafe-image:not(:defined)');
    expect(text).toContain(`\n${styles}\n`);
    expect(text).not.toMatch(/<style|\bstyle=/);
    for (const name of ['README.md', 'docs/recipes.md']) {
      expect(await readFile(path.join(ROOT, name), 'utf8')).toContain(`\`\`\`css\n${styles}\n`);
    }
    const settings = await readFile(path.join(ROOT, 'admin/views/settings.ts'), 'utf8');
    expect(settings).toContain(`\`${styles}\``);
  });

  it('needs no environment that is whole', async () => {
    const text = await printed(['--service', 'https://cafe.example'], { NODE_ENV: 'production' });
    expect(text).toContain("and to img-src the pictures' origin");
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
