import type { Clock } from '../../domain/kernel/clock.ts';
import type { Terminal } from '../terminal.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { type DoctorTargets, openChecks } from './open-checks.ts';
import { linesOf, summaryOf } from './report.ts';

/**
 * Checks everything that the environment configures. Prints each finding as soon as it is known, or all
 * of them as JSON at the end.
 *
 * @returns whether no check failed
 */
export async function doctor(
  env: Readonly<Record<string, string | undefined>>,
  options: DoctorTargets & { timeoutMs: number; json: boolean; clock: Clock },
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
