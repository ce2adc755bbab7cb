import type { Clock } from '../../domain/kernel/clock.ts';
import type { Check, CheckContext } from './check.ts';
import { type Finding, failure, skipped, type Verdict } from './finding.ts';

/**
 * Runs the checks in parallel. Yields the findings in the order of the checks, each as soon as it and all
 * earlier ones are known.
 *
 * @param timeoutMs for each check
 * @param secrets removed from all messages, even if another server returned them
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
    return [skipped(`This could not be checked, because "${check.needs}" failed.`)];
  }
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await inTime(check, { clock, signal });
  } catch (error) {
    if (signal.aborted) {
      return [
        failure(
          `The check did not finish within ${timeoutMs / 1000} seconds.`,
          'Check for a slow network or a firewall that drops packets, or raise --timeout.',
        ),
      ];
    }
    return [
      failure(
        `The check failed: ${reasonOf(error)}`,
        'Fix the cause named in the message, and run the doctor again.',
      ),
    ];
  }
}

/** Also stops waiting for a check that ignores its signal. */
async function inTime(check: Check, context: CheckContext): Promise<Verdict[]> {
  const timeout = Promise.withResolvers<never>();
  const onAbort = () => timeout.reject(context.signal.reason);
  context.signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([check.run(context), timeout.promise]);
  } finally {
    context.signal.removeEventListener('abort', onAbort);
  }
}

/** The message of a domain error is written for API clients. Its cause has the details. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const reason = cause instanceof Error ? cause : error;
  return reason instanceof Error ? reason.message : String(reason);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
