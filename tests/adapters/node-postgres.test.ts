import { expect, it, onTestFinished, vi } from 'vitest';
import { connectDatabase } from '../../src/app/container/open-database.ts';

const TIMES = { maxConnections: 1, connectTimeoutMs: 2000, statementTimeoutMs: 2000 };

it.each(['99999', 'x'])('an address of a server whose port is %s is refused', async (port) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const url = `postgres://cafe:canary-password@127.0.0.1:5432/cafe?port=${port}`;
  const opening = connectDatabase({ kind: 'server', url, ...TIMES }, { notice: () => {} });
  const error = await opening.catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    message: expect.stringMatching(/^the database at DATABASE_URL cannot be used: .*port/i),
  });
  expect(String(error)).not.toContain('canary');
  // Nothing may come later: it would end the process.
  await vi.advanceTimersByTimeAsync(2 * TIMES.connectTimeoutMs);
});
