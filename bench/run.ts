/**
 * How fast the cafe is, beside others on the same machine in the same minutes.
 *
 *   npm run bench                      everything, some twenty minutes; writes bench/results.md
 *   npm run bench -- --quick           a minute or two; fails where a ratio is worse than the baseline's
 *                                      by more than a third, twice
 *   npm run bench -- --quick --save    makes what it finds the baseline; on a quiet machine
 *   npm run bench -- --only hot,cold   some rows, for whoever works on them; writes nothing
 */
import { parseArgs } from 'node:util';
import { regressions, saveBaseline } from './baseline.ts';
import type { Bench, Finding, Row } from './finding.ts';
import { describeMachine, pinItself } from './machine.ts';
import { sayFinding, writeResults } from './report.ts';
import { budget } from './rows/budget.ts';
import { cold, coldWithDatabase } from './rows/cold.ts';
import { countries } from './rows/countries.ts';
import { crowd } from './rows/crowd.ts';
import { element } from './rows/element.ts';
import { hot } from './rows/hot.ts';
import { literal } from './rows/literal.ts';
import { manyPages } from './rows/many-pages.ts';
import { memory, pool } from './rows/pool.ts';
import { replicas } from './rows/replicas.ts';
import { start } from './rows/start.ts';
import { Upstreams } from './upstreams.ts';

const ROWS: Readonly<Record<string, Row>> = {
  hot,
  literal,
  crowd,
  cold,
  coldWithDatabase,
  budget,
  pool,
  memory,
  manyPages,
  countries,
  replicas,
  start,
  element,
};
const QUICK = ['hot', 'crowd', 'cold', 'coldWithDatabase', 'manyPages', 'start', 'element'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const names = options.only?.split(',') ?? (options.quick ? QUICK : Object.keys(ROWS));
const machine = describeMachine();
for (const line of machine) say(line);
pinItself();
const bench: Bench = {
  upstreams: await new Upstreams().open(),
  rounds: 5,
  seconds: options.quick ? 1 : 3,
  isQuick: options.quick,
};

const findings: Finding[] = [];
const worse: string[] = [];
for (const name of names) {
  const measure = ROWS[name];
  if (!measure) throw new Error(`There is no row ${name}, only ${Object.keys(ROWS).join(', ')}`);
  const isChecked = options.quick && !options.save;
  let found = await measured(name, measure);
  if (isChecked && regressions(found).length > 0) {
    say(`${name} is measured again`);
    found = await measured(name, measure);
  }
  for (const finding of found) say(sayFinding(finding));
  findings.push(...found);
  if (isChecked) worse.push(...regressions(found));
}
await bench.upstreams.close();

if (options.save) saveBaseline(findings);
if (!options.quick && !options.only) writeResults(findings, machine);
for (const line of worse) say(line);
if (worse.length > 0) process.exitCode = 1;

/** A row that cannot be measured is told of, and fails the run, but not the other rows. */
async function measured(name: string, measure: Row): Promise<Finding[]> {
  try {
    return await measure(bench);
  } catch (error) {
    say(`${name} could not be measured: ${error instanceof Error ? error.stack : error}`);
    process.exitCode = 1;
    return [];
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
