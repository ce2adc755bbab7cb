import { styleText } from 'node:util';
import type { Terminal } from '../terminal.ts';
import type { Finding, FindingStatus } from './finding.ts';

const MARKS: Readonly<
  Record<FindingStatus, { mark: string; style: 'green' | 'yellow' | 'red' | 'dim' }>
> = {
  ok: { mark: '✓', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  failure: { mark: '✗', style: 'red' },
  skipped: { mark: '–', style: 'dim' },
};
const NAME_WIDTH = 20;

/** A finding as lines: its mark, its check, what is so, and below it what to do. */
export function linesOf({ check, status, message, remedy }: Finding, terminal: Terminal): string {
  const { mark, style } = MARKS[status];
  const shown = terminal.hasColours ? styleText(style, mark, { validateStream: false }) : mark;
  const margin = ' '.repeat(NAME_WIDTH + 2);
  return `${shown} ${check.padEnd(NAME_WIDTH)}${message}\n${remedy ? `${margin}→ ${remedy}\n` : ''}`;
}

/** How many findings there are of each kind, as the last line. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (status: FindingStatus) =>
    findings.filter((finding) => finding.status === status).length;
  const [failures, warnings, unchecked] = [count('failure'), count('warning'), count('skipped')];
  const verdict = failures > 0 ? `${failures} to mend` : 'Nothing to mend';
  return `\n${verdict}, ${warnings} to think about, ${unchecked} not checked, ${count('ok')} in order.\n`;
}
