import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EaselImageGenerator } from '../../examples/adapter/easel.ts';
import { serveFetch } from '../support/serve-fetch.ts';
import { tinyPng } from '../support/tiny-png.ts';
import { remoteImageGeneratorContract } from './image-generator.contract.ts';

const TIMEOUT_MS = 1000;

remoteImageGeneratorContract("the documentation's example", async () => {
  const sent: string[] = [];
  const next: ((request: Request) => Promise<Response>)[] = [];
  const usual = async () => new Response(Buffer.from(tinyPng({ seed: sent.length })));
  const { url, close } = await serveFetch(async (request) => {
    sent.push(await request.clone().text());
    return (next.shift() ?? usual)(request);
  });
  return {
    generator: new EaselImageGenerator({ baseUrl: url, apiKey: 'key', timeoutMs: TIMEOUT_MS }),
    sent: () => sent,
    refuseNext: () => next.push(async () => new Response(null, { status: 401 })),
    loseNext: () => next.push(async () => Response.error()),
    hangNext: () =>
      next.push(
        ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(Response.error()));
          }),
      ),
    timeoutMs: TIMEOUT_MS,
    close,
  };
});

describe('docs/write-an-adapter.md', () => {
  it('shows the example as it is, where it would be', () => {
    const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
    const inPlace = read('examples/adapter/easel.ts')
      .replace('../../src/adapters/image-generator/', './')
      .replaceAll('../../src/', '../../');
    expect(read('docs/write-an-adapter.md')).toContain(`\`\`\`ts\n${inPlace}\`\`\`\n`);
  });
});
