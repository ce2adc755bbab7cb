import { type StoreWeather, stormyStore } from './random-weather.ts';
import { OWNER, type S3ServerSettings } from './s3-server-settings.ts';
import { S3StandIn } from './s3-stand-in.ts';
import { seededRandom } from './seeded-random.ts';
import { serveFetch } from './serve-fetch.ts';

/** Serves the S3 stand-in in a process of its own; `s3-process.ts` starts it and tells it what goes wrong. */

const s3 = new S3StandIn();
const weather: StoreWeather = { share: 0, maxLateMs: 0 };
const storm = stormyStore(seededRandom(Number(process.argv[2])), weather);
s3.weather = (call) => {
  const isOwners = call.headers.authorization?.includes(`Credential=${OWNER}/`);
  return isOwners ? undefined : storm(call);
};
const { url } = await serveFetch(s3.handle);
// Nobody reads it, and it would grow for as long as the process runs.
setInterval(() => s3.journal.splice(0), 1000);
process.on('message', ({ listingLagMs, clockOffsetMs, share, maxLateMs }: S3ServerSettings) => {
  s3.listingLag.ms = listingLagMs;
  s3.clockOffsetMs = clockOffsetMs;
  Object.assign(weather, { share, maxLateMs });
  if (share === 0) s3.mend();
  process.send?.('set');
});
process.on('disconnect', () => process.exit());
process.send?.(url);
