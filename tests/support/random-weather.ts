import { setTimeout as wait } from 'node:timers/promises';
import type { FaultProxy, Weather } from './fault-proxy.ts';
import { oneOf } from './seeded-random.ts';

const KINDS = [
  'latency',
  'refuse',
  'black hole',
  'mute',
  'reset',
  'truncate',
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
