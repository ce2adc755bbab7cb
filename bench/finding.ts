import type { Upstreams } from './upstreams.ts';

/** What must hold of a figure. */
export type Goal = { atLeast: number } | { atMost: number };

/** One figure of one row, from several rounds. */
export interface Finding {
  /** Which row of the plan. */
  row: string;
  what: string;
  /** One for each round. */
  values: readonly number[];
  /** Behind the figure; a ratio has `x`. */
  unit: string;
  goal: Goal;
  /** So steady, also where other work disturbs, that CI may fail for it. */
  isGuarded?: true;
  /** What one has to know to read it. */
  note?: string;
}

/** How thoroughly is measured, and with what. */
export interface Bench {
  upstreams: Upstreams;
  rounds: number;
  /** Seconds of load a round. */
  seconds: number;
  /** A short run, for CI: less of everything. */
  isQuick: boolean;
}

/** Measures one or some rows. */
export type Row = (bench: Bench) => Promise<Finding[]>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** Whether the median reaches the goal. */
export function isMet({ values, goal }: Finding): boolean {
  return 'atLeast' in goal ? median(values) >= goal.atLeast : median(values) <= goal.atMost;
}

/** Each round's value of one over the same round's value of another. */
export function ratios(of: readonly number[], to: readonly number[]): number[] {
  return of.map((value, round) => value / (to[round] ?? Number.NaN));
}

/** Measures each in turn, round after round, so that what else the machine does meets all of them. */
export async function interleaved<K extends string, T>(
  rounds: number,
  measures: Readonly<Record<K, () => Promise<T>>>,
): Promise<Record<K, T[]>> {
  const names = Object.keys(measures) as K[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await measures[name]());
  }
  return results;
}
