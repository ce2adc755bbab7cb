import { createHash } from 'node:crypto';
import { countsOf, type Harm } from './chaos-harms.ts';
import type { ChaosPlace } from './chaos-place.ts';
import type { ChaosReplica } from './chaos-replica.ts';
import { OpenAiStandIn } from './openai-stand-in.ts';

/** A call that may be billed, as the generator saw it. Times are milliseconds since the epoch. */
export interface PaidCall {
  /** Of the replica that made it. */
  key: string;
  from: number;
  to: number;
  /** Of the picture; empty where there was none in the answer. */
  digest: string;
}

/** The generator, and who called it when for which picture. */
export function watchedOpenAi(options: ConstructorParameters<typeof OpenAiStandIn>[0]) {
  const openai = new OpenAiStandIn(options);
  const calls: PaidCall[] = [];
  const handle = async (request: Request): Promise<Response> => {
    const key = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const call = { key, from: Date.now(), to: Number.POSITIVE_INFINITY, digest: '' };
    const isPaid = request.method === 'POST';
    if (isPaid) calls.push(call);
    const response = await openai.handle(request);
    const text = await response.clone().text();
    const [, png = ''] = /"b64_json":"([^"]+)"/.exec(text) ?? [];
    if (png) call.digest = digestOf(Buffer.from(png, 'base64'));
    call.to = Date.now();
    return response;
  };
  return { handle, calls };
}

export interface Purchases {
  /** Pages for which one picture was bought. */
  once: number;
  /** Those for which several were, by what kept the earlier buyers from holding the page. */
  moreThanOnce: Record<string, number>;
  /** Pages for which several were bought with nothing to explain it. */
  unexplained: string[];
  /** Calls that were given back as no call was made, such as in a queue. */
  givenBack: number;
  /** Pictures that are not in the bucket, by what kept them from the replica, or the replica from keeping them. */
  notReceived: Record<string, number>;
  /** How long after their answers the replicas of such pictures were killed, in milliseconds. */
  killedAfterMs: number[];
  /** Pictures that are not in the bucket with nothing to explain it. */
  lost: string[];
  /** Records of paid calls without a picture. Each belongs to one of the pictures that were not received. */
  withoutPicture: number;
}

interface BoughtPicture {
  page: string;
  digest: string | undefined;
}

/** On a busy machine an answer takes so many milliseconds at most to arrive and to be on the disk. */
const ARRIVES_MS = 10_000;
const LATER_MS = 1000;

/** Holds what was paid against what is in the bucket. */
export async function purchasesOf(
  { store }: ChaosPlace,
  calls: readonly PaidCall[],
  harms: readonly Harm[],
  { replicas, leaseMs }: { replicas: ReadonlyMap<string, ChaosReplica>; leaseMs: number },
): Promise<Purchases> {
  const { bought, givenBack } = await readRecords(store);
  const byDigest = new Map(calls.map((call) => [call.digest, call]));
  const lostClaims = new Map([...replicas].map(([key, { output }]) => [key, claimsLostIn(output)]));
  /** What was done to a replica during its call, or so long after the end. */
  const harmTo = ({ key, from, to }: PaidCall, kinds: RegExp, afterMs: number) => {
    const replica = replicas.get(key);
    if (replica?.kills.some((at) => from < at && at < to + afterMs)) return 'killed';
    return harms.find(
      (harm) =>
        kinds.test(harm.kind) &&
        harm.replica === replica &&
        harm.from < to + afterMs &&
        // What was held back arrives a moment later, at a generator whose client has left.
        harm.to > from - LATER_MS,
    )?.kind;
  };
  const whyAgain = (page: string, call: PaidCall) =>
    harmTo(call, /^stopped/, leaseMs) ??
    (lostClaims.get(call.key)?.has(page) ? 'claim not renewed' : undefined);

  const moreThanOnce: string[] = [];
  const unexplained: string[] = [];
  const pages = Map.groupBy(bought, (picture) => picture.page);
  for (const [page, pictures] of pages) {
    const [, ...earlier] = pictures
      .flatMap(({ digest }) => byDigest.get(digest ?? '') ?? [])
      .toSorted((a, b) => b.from - a.from);
    const reasons = earlier.map((call) => whyAgain(page, call));
    if (reasons.includes(undefined)) unexplained.push(page);
    else if (reasons.length > 0) moreThanOnce.push(reasons.join(', '));
  }

  const stored = new Set(bought.map(({ digest }) => digest));
  const missing = calls.filter(({ digest }) => !stored.has(digest));
  const reasons = missing.map((call) => harmTo(call, /^(stopped|openai:)/, ARRIVES_MS));
  const killedAfterMs = missing
    .filter((_, at) => reasons[at] === 'killed')
    .map(
      ({ key, from, to }) => Math.min(...replicas.get(key)!.kills.filter((at) => at > from)) - to,
    );
  return {
    once: pages.size - moreThanOnce.length - unexplained.length,
    moreThanOnce: countsOf(moreThanOnce),
    unexplained,
    givenBack,
    notReceived: countsOf(reasons.filter((reason) => reason !== undefined)),
    killedAfterMs,
    lost: missing
      .filter((_, at) => reasons[at] === undefined)
      .map(({ key, to }) => `answered at ${new Date(to).toISOString()} to ${key}`),
    withoutPicture: bought.filter(({ digest }) => digest === undefined).length,
  };
}

/** The paths of pages that could not be held, as the log tells. */
function claimsLostIn(output: string): Set<string> {
  const lines = output.split('\n').filter((line) => line.includes('"msg":"claim failed"'));
  return new Set(
    lines.map((line) => {
      const { key } = JSON.parse(line) as { key: string };
      return key.replace(/^generated\/v2\/page-cache\/article/, '').replace(/-anywhere\.png$/, '');
    }),
  );
}

const RECORD = /^records\/((\d{4}\/\d{2}\/\d{2}\/[^/]+)\.([a-z]+)\.\d+\.json)$/;

async function readRecords(store: ChaosPlace['store']) {
  const all = await Array.fromAsync(store.list('records/2'));
  const versionsByName = Map.groupBy(
    all.flatMap(({ key }) => {
      const [, rest = '', name = '', state = ''] = RECORD.exec(key) ?? [];
      return rest ? [{ rest, name, state }] : [];
    }),
    ({ name }) => name,
  );
  const bought: BoughtPicture[] = [];
  let givenBack = 0;
  for (const [name, versions] of versionsByName) {
    const states = versions.map(({ state }) => state);
    const picture = await store.get(`generated/v2/${name}.png`);
    if (states.includes('refused')) givenBack += 1;
    // Whether there is a picture of a call that broke off, or whose replica was killed, nobody knows.
    if (!picture && !states.includes('spent')) continue;
    const record = await store.get(`records/${versions[0]?.rest}`);
    const { page } = JSON.parse(String(Buffer.from(record!.bytes))) as { page: { path: string } };
    bought.push({ page: page.path, digest: picture && digestOf(picture.bytes) });
  }
  return { bought, givenBack };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
