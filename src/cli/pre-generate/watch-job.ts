import { setTimeout as wait } from 'node:timers/promises';
import type { PreGenerationJob } from '../../app/http/admin/pages/pre-generation-routes.ts';
import type { Terminal } from '../terminal.ts';
import type { PreGenerationApi } from './pre-generation-api.ts';

const BAR_WIDTH = 24;

/**
 * Shows a job's progress until it ends: a progress bar in a terminal, else one line per change.
 *
 * @param pollMs between two requests for the job's state
 * @returns the job's last known state; still running if the user interrupted
 */
export async function watchJob(
  first: PreGenerationJob,
  api: PreGenerationApi,
  { terminal, pollMs, quiet }: { terminal: Terminal; pollMs: number; quiet: boolean },
): Promise<PreGenerationJob> {
  const interrupted = terminal.interrupted();
  let job = first;
  let shown = '';
  for (;;) {
    const line = lineOf(job, terminal);
    if (!quiet && line !== shown) {
      terminal.write(terminal.isInteractive ? `\r${line}` : `${line}\n`);
      shown = line;
    }
    if (job.state !== 'running' || interrupted.aborted) break;
    await passed(pollMs, interrupted);
    if (!interrupted.aborted) job = (await api.job()) ?? job;
  }
  if (!quiet && terminal.isInteractive) terminal.write('\n');
  return job;
}

export function outcomeOfJob(job: PreGenerationJob): string {
  const { state, bought, there, fellBack, failed, spentMicroUsd, reason } = job;
  const counts = [
    `${bought} bought for $${(spentMicroUsd / 1e6).toFixed(2)}`,
    `${there} already had a picture`,
  ];
  if (fellBack > 0) counts.push(`${fellBack} without budget`);
  if (failed > 0) counts.push(`${failed} failed`);
  return `${WORDS[state]}: ${counts.join(', ')}.${reason ? ` ${reason}` : ''}`;
}

const WORDS: Readonly<Record<PreGenerationJob['state'], string>> = {
  running: 'Still running',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

function lineOf({ done, total, bought, most }: PreGenerationJob, terminal: Terminal): string {
  const counts = `${done}/${total} pages, ${bought}/${most} bought`;
  if (!terminal.isInteractive || terminal.columns < BAR_WIDTH + counts.length + 4) return counts;
  const filled = total === 0 ? BAR_WIDTH : Math.floor((done / total) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}  ${counts}`;
}

async function passed(ms: number, signal: AbortSignal): Promise<void> {
  await Promise.allSettled([wait(ms, undefined, { signal })]);
}
