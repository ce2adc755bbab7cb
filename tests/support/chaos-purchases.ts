import { createHash } from 'node:crypto';
import type { Harm } from './chaos-harms.ts';
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
  /** Pages for which one picture was bought and recorded. */
  once: number;
  /** Those for which several were, by what kept the first buyer from holding the page meanwhile. */
  moreThanOnce: Record<string, number>;
  /** Pages for which several were bought with nothing to explain it. */
  unexplained: string[];
  /** Calls that were given back as no call was made, such as in a queue. */
  givenBack: number;
  /** Pictures that are not in the bucket, by what happened to their replica before it could keep them. */
  notReceived: Record<string, number>;
  /** Pictures that are recorded as bought, or whose replica was well, and that are not in the bucket. */
  lost: string[];
}

const RECORD = /^records\/((\d{4}\/\d{2}\/\d{2}\/[^/]+)\.([a-z]+)\.\d+\.json)$/;

interface BoughtPicture {
  page: string;
  key: string;
  digest: string | undefined;
}

/** What takes a page from a replica that has claimed it, or the replica from its page. */
const LOSES_CLAIM = /^(killed|ended|stopped|s3:|store:)/;
/** What keeps an answer from a replica, or the replica from its answer. */
const LOSES_ANSWER = /^(killed|ended|stopped|openai:)/;

/** Holds what was paid against what is in the bucket. */
export async function purchasesOf(
  { store }: ChaosPlace,
  calls: readonly PaidCall[],
  harms: readonly Harm[],
  { replicas, leaseMs }: { replicas: ReadonlyMap<string, ChaosReplica>; leaseMs: number },
): Promise<Purchases> {
  const { bought, givenBack } = await readRecords(store);
  const purchases: Purchases = {
    once: 0,
    moreThanOnce: {},
    unexplained: [],
    givenBack,
    notReceived: {},
    lost: bought.filter(({ digest }) => digest === undefined).map(({ key }) => key),
  };
  const harmTo = (call: PaidCall, pattern: RegExp, beforeMs: number, afterMs: number) =>
    harms.find(
      ({ kind, replica, from, to }) =>
        pattern.test(kind) &&
        (replica === undefined || replica === replicas.get(call.key)) &&
        from < call.to + afterMs &&
        to > call.from - beforeMs,
    )?.kind;
  const add = (counts: Record<string, number>, kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const byDigest = new Map(calls.map((call) => [call.digest, call]));
  for (const [page, pictures] of Map.groupBy(bought, (picture) => picture.page)) {
    if (pictures.length === 1) {
      purchases.once += 1;
      continue;
    }
    const [, ...later] = pictures
      .flatMap(({ digest }) => byDigest.get(digest ?? '') ?? [])
      .toSorted((a, b) => b.from - a.from);
    const kinds = later.map((call) => harmTo(call, LOSES_CLAIM, leaseMs, 3 * leaseMs));
    if (kinds.includes(undefined)) purchases.unexplained.push(page);
    else add(purchases.moreThanOnce, kinds.join(', '));
  }
  const stored = new Set(bought.map(({ digest }) => digest));
  for (const call of calls) {
    if (stored.has(call.digest)) continue;
    const kind = harmTo(call, LOSES_ANSWER, 0, leaseMs);
    if (kind) add(purchases.notReceived, kind);
    else purchases.lost.push(`answered at ${new Date(call.to).toISOString()} to ${call.key}`);
  }
  return purchases;
}

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
    const dated = `generated/v2/${name}.png`;
    const picture = await store.get(dated);
    if (states.includes('refused')) givenBack += 1;
    // Whether there is a picture of a call that broke off, or whose replica was killed, nobody knows.
    if (!picture && !states.includes('spent')) continue;
    const record = await store.get(`records/${versions[0]?.rest}`);
    const { page } = JSON.parse(String(Buffer.from(record!.bytes))) as { page: { path: string } };
    bought.push({ page: page.path, key: dated, digest: picture && digestOf(picture.bytes) });
  }
  return { bought, givenBack };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
