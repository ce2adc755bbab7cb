import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Finding, median } from './finding.ts';

const FILE = path.join(import.meta.dirname, 'baseline.json');
/** How much worse than the baseline is a regression. */
const TOLERANCE = 1 / 3;

type Baseline = Record<string, number>;

/** Findings that are worse than the baseline by more than a third, or not in it, a line each. */
export function regressions(findings: readonly Finding[]): string[] {
  const baseline = readBaseline();
  return findings
    .filter(({ isGuarded }) => isGuarded)
    .flatMap((finding) => {
      const before = baseline[nameOf(finding)];
      if (before === undefined) {
        return [`not in the baseline (npm run bench -- --quick --save): ${nameOf(finding)}`];
      }
      const now = median(finding.values);
      const isWorse =
        'atLeast' in finding.goal ? now < before / (1 + TOLERANCE) : now > before * (1 + TOLERANCE);
      return isWorse
        ? [
            `worse by more than a third, ${before.toFixed(2)} before, now ${now.toFixed(2)}: ${nameOf(finding)}`,
          ]
        : [];
    });
}

/** What was found now is the baseline from now on; what was not measured stays. */
export function saveBaseline(findings: readonly Finding[]): void {
  const found: Baseline = Object.fromEntries(
    findings
      .filter(({ isGuarded }) => isGuarded)
      .map((finding) => [nameOf(finding), Number(median(finding.values).toPrecision(3))]),
  );
  writeFileSync(FILE, `${JSON.stringify({ ...readBaseline(), ...found }, null, 2)}\n`);
}

function readBaseline(): Baseline {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Baseline) : {};
}

function nameOf({ row, what }: Finding): string {
  return `${row} ${what}`;
}
