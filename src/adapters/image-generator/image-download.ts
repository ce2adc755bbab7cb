import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

const MAX_BYTES = 20_000_000;
const LONGEST_MS = 30_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

/** Gets the file at an address that an answer names. */
export type ImageDownload = (url: URL) => Promise<Uint8Array>;

export interface DownloadGuard {
  /** Whether an address may be connected to. */
  mayConnect(address: string): boolean;
  /** Resolves a name to all its addresses; the system's resolver by default. */
  resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
  /** Sends a request; `node:https` by default. */
  get?: typeof https.get;
}

/**
 * Downloads over HTTPS alone, without the key, and connects to no other addresses than those it has looked
 * at, behind each of three redirects too. 20 MB and 30 seconds at most.
 *
 * The address comes from the server that was paid, and for the service's network a stranger chose it.
 *
 * @throws Error that says why not
 */
export async function downloadImage(url: URL, guard: DownloadGuard): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await send(at, guard, signal);
    if (!REDIRECTS.has(response.statusCode)) return bodyOf(response, signal);
    response.destroy();
    const target = URL.parse(response.headers.location ?? '', at);
    if (!target) throw new Error('it redirects to no address');
    at = target;
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

function send(url: URL, guard: DownloadGuard, signal: AbortSignal): Promise<IncomingMessage> {
  if (url.protocol !== 'https:') throw new Error('it is not at an https address');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Addresses are connected to without being looked up.
  if (isIP(host) !== 0) refuseOthers([host], guard);
  return new Promise((resolve, reject) => {
    const request = (guard.get ?? https.get)(url, {
      // Of a connection that is kept nobody would look at the address again.
      agent: false,
      signal,
      lookup: guardedLookup(guard),
      headers: { Accept: 'image/*, */*;q=0.1', 'Accept-Encoding': 'identity' },
    });
    request.once('response', resolve);
    request.once('error', (error) => reject(signal.aborted ? signal.reason : error));
  });
}

/** What is connected to is what was looked at: names are resolved once for each connection. */
function guardedLookup(guard: DownloadGuard): LookupFunction {
  return (hostname, options, callback) => {
    (guard.resolve ?? resolveBySystem)(hostname)
      .then((addresses) => {
        refuseOthers(
          addresses.map(({ address }) => address),
          guard,
        );
        const [first] = addresses;
        if (!first) throw new Error('its host has no address');
        if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: Error) => callback(error, ''));
  };
}

function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });
}

function refuseOthers(addresses: readonly string[], { mayConnect }: DownloadGuard): void {
  if (!addresses.every(mayConnect)) throw new Error('its host has an address that is not public');
}

async function bodyOf(response: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  const { statusCode } = response;
  try {
    if (statusCode !== 200) throw new Error(`it answers ${statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}
