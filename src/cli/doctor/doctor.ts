import type { Clock } from '../../domain/kernel/clock.ts';
import type { Terminal } from '../terminal.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { type Asked, openChecks } from './open-checks.ts';
import { linesOf, summaryOf } from './report.ts';

/**
 * Looks at everything that the environment names, and tells what it finds, as it goes or at the end as
 * JSON.
 *
 * @returns whether nothing failed
 */
export async function doctor(
  env: Readonly<Record<string, string | undefined>>,
  options: Asked & { timeoutMs: number; json: boolean; clock: Clock },
  terminal: Terminal,
): Promise<boolean> {
  const { clock, timeoutMs, json } = options;
  const { checks, secrets, close } = await openChecks(env, options, clock);
  const findings: Finding[] = [];
  try {
    for await (const finding of examine(checks, { clock, timeoutMs, secrets })) {
      findings.push(finding);
      if (!json) terminal.write(linesOf(finding, terminal));
    }
  } finally {
    await close();
  }
  const isWell = findings.every(({ status }) => status !== 'failure');
  terminal.write(
    json ? `${JSON.stringify({ ok: isWell, findings }, null, 2)}\n` : summaryOf(findings),
  );
  return isWell;
}
