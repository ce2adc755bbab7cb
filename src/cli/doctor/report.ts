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

/** Formats a finding: mark, check and message, with the remedy on the next line. */
export function linesOf({ check, status, message, remedy }: Finding, terminal: Terminal): string {
  const { mark, style } = MARKS[status];
  const shown = terminal.hasColours ? styleText(style, mark, { validateStream: false }) : mark;
  const margin = ' '.repeat(NAME_WIDTH + 2);
  return `${shown} ${check.padEnd(NAME_WIDTH)}${message}\n${remedy ? `${margin}→ ${remedy}\n` : ''}`;
}

/** The last line: how many findings there are of each status. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (status: FindingStatus) =>
    findings.filter((finding) => finding.status === status).length;
  const [failures, warnings, unchecked] = [count('failure'), count('warning'), count('skipped')];
  const verdict = failures > 0 ? `${failures} to fix` : 'Nothing to fix';
  const noun = warnings === 1 ? 'warning' : 'warnings';
  return `\n${verdict}, ${warnings} ${noun}, ${unchecked} not checked, ${count('ok')} OK.\n`;
}
