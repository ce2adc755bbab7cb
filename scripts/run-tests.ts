/**
 * Runs groups of tests, one after another: `npm run test:browser`, or `all` for every group. Further
 * arguments go to vitest.
 *
 * A group whose service is missing is skipped and listed at the end; with `CAFE_REQUIRE_SERVICES=1` it
 * fails.
 */
import { spawnSync } from 'node:child_process';
import { GROUPS } from '../tests/groups.ts';
import { firstMissing, sayMissing } from '../tests/support/real-services.ts';

const [wanted = 'fast', ...rest] = process.argv.slice(2);
const names = Object.keys(GROUPS).filter(
  (name) => wanted === 'all' || name === wanted || name.startsWith(`${wanted}-`),
);
if (names.length === 0) throw new Error(`${wanted} is none of ${Object.keys(GROUPS).join(', ')}`);

const running: string[] = [];
const left: string[] = [];
for (const name of names) {
  const missing = await firstMissing(GROUPS[name]?.needs ?? []);
  if (missing) left.push(`did not run: ${name} (${sayMissing(missing)})`);
  else running.push(`--project=${name}`);
}

if (running.length > 0) {
  const { status } = spawnSync('vitest', ['run', ...running, ...rest], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
for (const line of left) console.log(line);
if (left.length > 0 && process.env.CAFE_REQUIRE_SERVICES === '1') process.exitCode = 1;
