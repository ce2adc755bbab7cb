import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Finding, isMet, median } from './finding.ts';

const FILE = path.join(import.meta.dirname, 'results.md');

/** A finding in a line of text. */
export function sayFinding(finding: Finding): string {
  const { row, what } = finding;
  return `${isMet(finding) ? ' ok ' : 'MISS'} ${row.padEnd(4)}${what}: ${figure(finding)} (goal ${goal(finding)})`;
}

/** Writes `bench/results.md`. */
export function writeResults(findings: readonly Finding[], machine: readonly string[]): void {
  const missed = findings.filter((finding) => !isMet(finding)).length;
  const lines = [
    '# What was measured',
    '',
    'Written by `npm run bench`. Figures are medians, with the least and the most of all rounds behind',
    'them; servers that are compared ran in the same minutes, in turn. They are ratios, or stand beside',
    'what they are to be compared with, because requests a second say nothing about another machine.',
    'Peers answer a constant, with the same headers and body, and look nothing up; the cafe finds out who',
    'asks for what. How each row is measured is in [bench/rows](rows).',
    '',
    ...machine.map((line) => `- ${line}`),
    `- ${new Date().toISOString().slice(0, 10)}; ${findings.length - missed} goals met, ${missed} missed`,
    '',
    '| | what | measured | goal | met |',
    '|---|---|---|---|---|',
    ...findings.map(
      (finding) =>
        `| ${finding.row} | ${finding.what} | ${figure(finding)} | ${goal(finding)} | ` +
        `${isMet(finding) ? 'yes' : '**no**'} |`,
    ),
    '',
    '## To be read with it',
    '',
    ...notesOf(findings),
    '',
    'Not measured here: B13, no request lost in a restart, and B16, hours under faults.',
  ];
  writeFileSync(FILE, `${lines.join('\n')}\n`);
}

function notesOf(findings: readonly Finding[]): string[] {
  const lines = findings.flatMap(({ row, what, note }) =>
    note ? [`- ${row}, ${what}: ${note}.`] : [],
  );
  return [...new Set(lines)];
}

function figure({ values, unit }: Finding): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = `${number(median(values))} ${unit}`.trim();
  return least === most ? middle : `${middle} (${number(least)} to ${number(most)})`;
}

function goal({ goal, unit }: Finding): string {
  const [word, value] =
    'atLeast' in goal ? (['at least', goal.atLeast] as const) : (['at most', goal.atMost] as const);
  return `${word} ${number(value)} ${unit}`.trim();
}

function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
