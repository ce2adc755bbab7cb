import type { Clock } from '../../domain/kernel/clock.ts';
import type { Check, CheckContext } from './check.ts';
import { type Finding, failure, skipped, type Verdict } from './finding.ts';

/**
 * Runs the checks side by side, and gives their findings in the order of the checks, each as soon as
 * it and those before it are known.
 *
 * @param timeoutMs for each check
 * @param secrets what must not be shown, whoever repeats it
 */
export async function* examine(
  checks: readonly Check[],
  { clock, timeoutMs, secrets }: { clock: Clock; timeoutMs: number; secrets: readonly string[] },
): AsyncGenerator<Finding> {
  const running = new Map<string, Promise<Verdict[]>>();
  for (const check of checks) {
    const needed = check.needs === undefined ? undefined : running.get(check.needs);
    running.set(check.name, verdictsOf(check, needed, { clock, timeoutMs }));
  }
  for (const [check, verdicts] of running) {
    for (const { status, message, remedy } of await verdicts) {
      yield {
        check,
        status,
        message: withoutSecrets(message, secrets),
        remedy: remedy && withoutSecrets(remedy, secrets),
      };
    }
  }
}

async function verdictsOf(
  check: Check,
  needed: Promise<Verdict[]> | undefined,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Verdict[]> {
  if ((await needed)?.some(({ status }) => status === 'failure')) {
    return [skipped(`It could not be checked, because "${check.needs}" failed.`)];
  }
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await inTime(check, { clock, signal });
  } catch (error) {
    if (signal.aborted) {
      return [
        failure(
          `It was not over after ${timeoutMs / 1000} seconds.`,
          'Look whether the network is slow or a firewall drops what this machine sends, or give it longer with --timeout.',
        ),
      ];
    }
    return [
      failure(
        `It failed: ${reasonOf(error)}`,
        'Mend what the message names, and run the doctor again.',
      ),
    ];
  }
}

/** Also for a check that does not listen to its signal. */
async function inTime(check: Check, context: CheckContext): Promise<Verdict[]> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(context.signal.reason);
  context.signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([check.run(context), late.promise]);
  } finally {
    context.signal.removeEventListener('abort', giveUp);
  }
}

/** What the domain's errors say is for callers; what went wrong is in their causes. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const told = cause instanceof Error ? cause : error;
  return told instanceof Error ? told.message : String(told);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
