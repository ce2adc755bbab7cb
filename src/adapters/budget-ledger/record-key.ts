import type { Day } from '../../domain/day.ts';
import type { GenerationState } from '../../domain/generation.ts';

/**
 * A record's key: `{prefix}/{YYYY}/{MM}/{DD}/{name}.{state}.{micro-dollars}.json`, where the name is
 * the basename of the generation's PNG. State and cost stand in the key so that a listing alone tells
 * what a day has used.
 */
export interface RecordKey {
  name: string;
  state: GenerationState;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
}

const SHAPE = /^([^/]+)\.(reserved|spent|unknown|refused)\.(\d+)\.json$/;

export function recordPrefix(recordsPrefix: string, day: Day): string {
  return `${recordsPrefix}/${day}/`;
}

export function recordKey(prefix: string, { name, state, costMicroUsd }: RecordKey): string {
  return `${prefix}${name}.${state}.${costMicroUsd}.json`;
}

/** `undefined` for keys of any other shape. */
export function parseRecordKey(prefix: string, key: string): RecordKey | undefined {
  const [, name, state, cost] = SHAPE.exec(key.slice(prefix.length)) ?? [];
  if (!name || !state || !cost) return undefined;
  return { name, state: state as GenerationState, costMicroUsd: Number(cost) };
}
