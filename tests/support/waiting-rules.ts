import type { SourceFile } from './import-rules.ts';

/** Ways to wait for a time, or to measure one. */
const WAITS = [
  /import \{[^}]*\bsetTimeout\b[^}]*\} from 'node:timers\/promises'/,
  /new Promise[^;]*\bsetTimeout\(/,
  /\.waitForTimeout\(/,
  /\bperformance\.now\(/,
];

/** Whether a file of tests waits for a time instead of a condition. */
export function waitsForTime({ text }: SourceFile): boolean {
  return WAITS.some((wait) => wait.test(text));
}
