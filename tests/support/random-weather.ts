import { setTimeout as wait } from 'node:timers/promises';
import type { FaultProxy, Weather } from './fault-proxy.ts';
import type { Fault } from './faults.ts';
import type { S3Call } from './s3-stand-in.ts';
import { oneOf } from './seeded-random.ts';

const KINDS = [
  'latency',
  'refuse',
  'black hole',
  'mute',
  'reset',
  'truncate',
  'stall',
  'throttle',
] as const satisfies readonly Weather['kind'][];

/** Any weather there is, with any figures. */
export function randomWeather(random: () => number): Weather {
  const upTo = (most: number) => Math.floor(random() * most);
  const kind = oneOf(KINDS, random);
  switch (kind) {
    case 'latency':
      return { kind, ms: upTo(400) };
    case 'reset':
      return { kind, of: oneOf(['request', 'answer'], random), afterBytes: upTo(3000) };
    case 'truncate':
    case 'stall':
      return { kind, afterBytes: upTo(3000) };
    case 'throttle':
      return { kind, bytesPerSecond: 500 + upTo(20_000) };
    default:
      return { kind };
  }
}

/** Lets it storm for a while before an upstream, and reports what it was. */
export async function storm(
  proxy: FaultProxy,
  random: () => number,
  mostMs: number,
): Promise<Weather['kind']> {
  const weather = randomWeather(random);
  await proxy.set(weather);
  await wait(random() * mostMs);
  await proxy.pass();
  if (random() < 0.3) proxy.cutAll();
  return weather.kind;
}

const WRITE_FAULTS = ['late', 'twice', 'unheard', 'hang', 'refuse'] as const;
const READ_FAULTS = ['stall', 'drip', 'cut', 'hang', 'refuse'] as const;

/** What goes wrong with calls of a store, and how often. May change while it runs. */
export interface StoreWeather {
  /** A number below 1. */
  share: number;
  /** Milliseconds by which writes are late at most, or done once more. */
  maxLateMs: number;
}

/**
 * A store that carries out writes late or twice, or without an answer, and whose answers get stuck: for the
 * `weather` of the S3 stand-in.
 */
export function stormyStore(random: () => number, weather: StoreWeather) {
  return ({ operation }: S3Call): Fault | undefined => {
    if (random() >= weather.share) return undefined;
    const later = () => wait(random() * weather.maxLateMs, undefined, { ref: false });
    const isRead = operation === 'head' || operation === 'get' || operation === 'list';
    const kind = oneOf(isRead ? READ_FAULTS : WRITE_FAULTS, random);
    switch (kind) {
      case 'late':
        return { kind, until: later() };
      case 'twice':
        return { kind, again: later() };
      case 'unheard':
        return { kind: 'cut', afterwards: true };
      case 'cut':
        return { kind };
      case 'hang':
        return { kind, afterwards: !isRead };
      case 'refuse':
        return { kind: 'status', status: 503, code: 'SlowDown' };
      case 'stall':
        return { kind, afterBytes: Math.floor(random() * 300) };
      case 'drip':
        return { kind, everyMs: 20 };
    }
  };
}
