import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PageTokens } from '../../src/domain/cafe/admission/page-token.ts';
import { pageAt } from '../../src/domain/pages/page.ts';

const SCRIPT = path.join(import.meta.dirname, '../../scripts/page-token.ts');
const [SECRET, OLD] = ['a'.repeat(32), 'b'.repeat(32)];

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), stderr };
}

describe('npm run page-token', () => {
  it('prints a token that the service takes, signed with the first secret', () => {
    const env = { PAGE_TOKEN_SECRET: ` ${SECRET} , ${OLD}` };
    const { status, stdout } = run(['article', '/Posts/Hello/'], env);
    expect([status, stdout]).toEqual([0, 'W0edI8pc1Q959rvxCEDNSg']);
    expect(new PageTokens([SECRET]).isTokenOf(pageAt('/posts/hello', 'article'), stdout)).toBe(
      true,
    );
  });

  it.each([
    [['article', '/a'], {}, 'PAGE_TOKEN_SECRET'],
    [['page', '/a'], { PAGE_TOKEN_SECRET: SECRET }, 'Usage'],
    [[], { PAGE_TOKEN_SECRET: SECRET }, 'Usage'],
    [['article', '/../a'], { PAGE_TOKEN_SECRET: SECRET }, '..'],
  ])('says what is wrong with %j', (args, env, reason) => {
    const { status, stdout, stderr } = run(args, env as Record<string, string>);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain(SECRET);
  });
});
