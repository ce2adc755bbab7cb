import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import { failure, ok } from '../../src/cli/doctor/finding.ts';

const SETTINGS = { clock: new SystemClock(), timeoutMs: 30, secrets: ['canary'] };
const findings = (...checks: Check[]) => Array.fromAsync(examine(checks, SETTINGS));

describe('an examination', () => {
  it('reports a check that never ends', async () => {
    const hangs: Check = { name: 'hangs', run: () => new Promise(() => {}) };
    const alive = setInterval(() => {}, 1000);
    const found = await findings(hangs, { name: 'fine', run: async () => [ok('Fine.')] });
    clearInterval(alive);
    expect(found).toEqual([
      expect.objectContaining({
        check: 'hangs',
        status: 'failure',
        message: expect.stringMatching(/not finish within 0.03 s/),
      }),
      expect.objectContaining({ check: 'fine', status: 'ok' }),
    ]);
  });

  it('continues after a check that throws, and hides its secret', async () => {
    const run = async () => {
      throw new Error('refused to canary');
    };
    expect(await findings({ name: 'throws', run })).toEqual([
      expect.objectContaining({
        status: 'failure',
        message: 'The check failed: refused to [secret]',
      }),
    ]);
  });

  it('skips a check that needs a failed one', async () => {
    const found = await findings(
      { name: 'door', run: async () => [failure('Closed.', 'Open it.')] },
      { name: 'room', needs: 'door', run: async () => [ok('Tidy.')] },
    );
    expect(found.map(({ status }) => status)).toEqual(['failure', 'skipped']);
  });
});
