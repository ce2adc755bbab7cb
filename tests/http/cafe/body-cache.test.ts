import { describe, expect, it } from 'vitest';
import { BodyCache } from '../../../src/app/http/cafe/fast-lane.ts';
import { PageNames } from '../../../src/domain/pages/page.ts';

const body = (path: string) =>
  Buffer.from(JSON.stringify({ context: { pagePath: path, pageType: 'article' } }));

/** As often as it takes to be remembered. */
function insist(bodies: BodyCache, path: string): void {
  for (let n = 0; n < 16; n += 1) bodies.read(body(path));
}

function isRemembered(bodies: BodyCache, path: string): boolean {
  const asked = bodies.read(body(path));
  return asked === bodies.read(body(path));
}

describe('a body', () => {
  it('is read for what it asks for', () => {
    const { asked, token } = new BodyCache(new PageNames()).read(body('//Posts/A/'));
    expect([asked.page, token]).toEqual([{ type: 'article', path: '/posts/a' }, undefined]);
  });

  it('is remembered once it comes again and again', () => {
    const bodies = new BodyCache(new PageNames());
    expect(isRemembered(bodies, '/a')).toBe(false);
    insist(bodies, '/a');
    expect(isRemembered(bodies, '/a')).toBe(true);
  });

  it('stays when others come, where it comes again meanwhile', () => {
    const bodies = new BodyCache(new PageNames());
    for (const path of ['/usual', '/once']) insist(bodies, path);
    const [usual, once] = [bodies.read(body('/usual')), bodies.read(body('/once'))];
    for (let n = 0; n < 30_000; n += 1) {
      insist(bodies, `/others/${n}`);
      expect(bodies.read(body('/usual'))).toBe(usual);
    }
    expect(bodies.read(body('/once'))).not.toBe(once);
  });

  it('is refused every time where nothing can be made of it', () => {
    const bodies = new BodyCache(new PageNames());
    for (let n = 0; n < 32; n += 1) {
      expect(() => bodies.read(body(''))).toThrow('pagePath must not be empty.');
    }
  });
});
