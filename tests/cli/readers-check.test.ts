import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { readers } from '../../src/cli/doctor/checks/readers.ts';
import { CANARIES } from '../support/canaries.ts';
import { findingsOf, openPatient } from '../support/doctors-patient.ts';

const SERVICE = 'https://cafe.example';
const TOKEN = 'a-token-of-the-readers-check';
const SEEN = { hasAddress: true, country: null, why: null, remedy: null };
const HIDDEN = {
  ...SEEN,
  hasAddress: false,
  why: 'No public address in X-Real-IP.',
  remedy: 'Let it pass.',
};

const network = setupServer();
beforeAll(() => network.listen({ onUnhandledFrame: 'bypass' }));
afterAll(() => network.close());

async function verdictsOn(service: string, answer: () => Response) {
  network.use(
    http.get(`${service}/api/admin/reader`, ({ request }) => {
      expect(request.headers.get('authorization')).toBe(`Bearer ${TOKEN}`);
      return answer();
    }),
  );
  const signal = AbortSignal.timeout(60_000);
  return readers(service, TOKEN).run({ clock: new ManualClock(0), signal });
}

describe('how the service sees readers', () => {
  it.each([
    [{ ...SEEN, country: 'FR' }, 'ok', /in France/, null],
    [HIDDEN, 'failure', /No public address in X-Real-IP.*no country either/, 'Let it pass.'],
    [{ ...SEEN, why: 'Unknown.', remedy: 'Look.' }, 'warning', /Unknown/, 'Look.'],
  ])('is told from %j', async (reader, status, message, remedy) => {
    expect(await verdictsOn(SERVICE, () => HttpResponse.json(reader))).toEqual([
      { status, message: expect.stringMatching(message), remedy },
    ]);
  });

  it.each([401, 403, 404, 502])('is not known where the service answers %i', async (status) => {
    const [verdict] = await verdictsOn(SERVICE, () => HttpResponse.json({}, { status }));
    expect(verdict).toMatchObject({ status: 'skipped', remedy: expect.stringMatching(/TOKEN/) });
  });

  it('is not known where something else answers', async () => {
    const [verdict] = await verdictsOn(SERVICE, () => HttpResponse.html('<p>Welcome</p>'));
    expect(verdict).toMatchObject({ status: 'skipped' });
  });

  it.each(['http://localhost:8080', 'http://10.0.0.7:8080', 'http://[::1]:8080'])(
    'says nothing of readers when it is asked at %s, from its own network',
    async (service) => {
      const [verdict] = await verdictsOn(service, () => HttpResponse.json(HIDDEN));
      expect(verdict).toMatchObject({ status: 'ok' });
    },
  );

  it('is looked at with --service and the token of the admin', async () => {
    const { env, s3: _, openai: __, ...asked } = await openPatient();
    const { findings } = await findingsOf({ ...env, ADMIN_TOKEN: CANARIES.adminToken }, asked);
    expect(findings.filter(({ check }) => check === 'readers')).toMatchObject([{ status: 'ok' }]);
  });
});
