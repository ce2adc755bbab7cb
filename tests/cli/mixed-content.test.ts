import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { page } from '../../src/cli/doctor/checks/page.ts';

const script = 'https://cafe.example/bytesized-cafe-app/cafe-image.js';
const html = `<script type="module" src="${script}"></script><cafe-image api-url="http://cafe.example"></cafe-image>`;
const server = setupServer(
  http.get('https://blog.example/', () => HttpResponse.html(html)),
  http.get(script, () => HttpResponse.text('', { headers: { 'content-type': 'text/javascript' } })),
);

beforeAll(() => server.listen());
afterAll(() => server.close());

it('names what a page over HTTPS asks for without', async () => {
  const check = page(new URL('https://blog.example/'), { service: undefined, picture: undefined });
  const context = { clock: new SystemClock(), signal: AbortSignal.timeout(5000) };
  const verdicts = await check.run(context);
  expect(verdicts.filter(({ status }) => status !== 'ok')).toEqual([
    {
      status: 'failure',
      message:
        'The page uses HTTPS, but http://cafe.example does not, so browsers block it (mixed content).',
      remedy: expect.stringContaining('Serve it over TLS'),
    },
  ]);
});
