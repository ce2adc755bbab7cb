import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlLine } from '../../demo/curl-line.ts';

/** What a shell would hand to curl. */
function wordsOf(line: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the line for a shell', () => {
  it('makes the same request as the form, whatever the path', () => {
    const pagePath = `/it's/"quoted"/$HOME/\\`;
    const order = { pagePath, pageType: 'article', address: '133.11.0.1' };
    const words = wordsOf(curlLine(order, 'http://localhost:8080'));

    expect(words).toEqual([
      '-H',
      'Content-Type: application/json',
      '-H',
      'X-Real-IP: 133.11.0.1',
      '-d',
      expect.any(String),
      'http://localhost:8080/api/cafe/generate?details=1',
    ]);
    expect(JSON.parse(words[5] ?? '')).toEqual({ context: { pagePath, pageType: 'article' } });
  });

  it('sends no address along for a reader who is here', () => {
    const order = { pagePath: '/', pageType: 'index', address: undefined };
    expect(curlLine(order, 'http://localhost:8080')).not.toContain('X-Real-IP');
  });
});
