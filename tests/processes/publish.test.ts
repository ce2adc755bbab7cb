import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');

/** Runs what `npm run site` runs, into a folder of its own. */
async function publish(env: Record<string, string> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-publish-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const output = path.join(folder, 'Output');
  const script = path.join(ROOT, 'examples/blog/publish.ts');
  const ran = await promisify(execFile)(process.execPath, [script, output], { env }).catch(
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
  return { output, code: 0, ...ran };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe('the published site', () => {
  it('has the element in the layout that it was built in, and no tools of development', async () => {
    const { output } = await publish();
    const app = await filesIn(path.join(output, 'bytesized-cafe-app'));
    expect(app).toEqual(await filesIn(path.join(ROOT, 'bytesized-cafe-app')));
    expect(app).toEqual(
      expect.arrayContaining(['cafe-image.js', path.join('platforms', 'browser.js')]),
    );

    const others = (await filesIn(output)).filter((name) => !name.startsWith('bytesized-cafe-app'));
    for (const name of others) {
      expect(name).not.toContain('development');
      expect(await readFile(path.join(output, name), 'utf8')).not.toMatch(
        /development-bar|\/development\/|X-Real-IP/,
      );
    }
  });

  it('asks the cafe, and says it is at the address, of the environment', async () => {
    const { output } = await publish({
      BYTESIZED_CAFE_API_URL: 'https://cafe.example/api/cafe/generate',
      SITE_URL: 'https://blog.example',
    });
    const home = await readFile(path.join(output, 'index.html'), 'utf8');
    const feed = await readFile(path.join(output, 'feed.rss'), 'utf8');
    expect(home).toContain('api-url="https://cafe.example/api/cafe/generate"');
    expect(home).toContain('href="https://blog.example/"');
    expect(feed).toContain('<enclosure url="https://cafe.example/api/cafe/image?');
    expect(home + feed).not.toContain('localhost');
  });

  it('asks a cafe on this machine if nothing is said', async () => {
    const { output } = await publish();
    const home = await readFile(path.join(output, 'index.html'), 'utf8');
    expect(home).toContain('api-url="http://localhost:8080/api/cafe/generate"');
  });

  it.each(['BYTESIZED_CAFE_API_URL', 'SITE_URL'])('is not built with a wrong %s', async (name) => {
    const { code, stderr, output } = await publish({ [name]: 'blog' });
    expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^${name} must .*\n$`))]);
    await expect(readdir(output)).rejects.toThrow('ENOENT');
  });
});
