import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

const MAX_BYTES = 20_000_000;
const LONGEST_MS = 30_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

/** Downloads the image from a URL in a response. */
export type ImageDownload = (url: URL) => Promise<Uint8Array>;

export interface DownloadGuard {
  /** Whether connections to an address are allowed. */
  mayConnect(address: string): boolean;
  /** Resolves a name to all its addresses. Default: the system's resolver. */
  resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
  /** Sends a request. Default: `node:https`. */
  get?: typeof https.get;
}

/**
 * Downloads an image over HTTPS, without the API key. The URL comes from another server, so this is
 * protected against server-side request forgery: it checks each address before it connects, also after
 * each of up to three redirects. It reads at most 20 MB, for at most 30 seconds.
 *
 * @throws Error with the reason
 */
export async function downloadImage(url: URL, guard: DownloadGuard): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await send(at, guard, signal);
    if (!REDIRECTS.has(response.statusCode)) return bodyOf(response, signal);
    response.destroy();
    const target = URL.parse(response.headers.location ?? '', at);
    if (!target) throw new Error('it redirects to an invalid URL');
    at = target;
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

function send(url: URL, guard: DownloadGuard, signal: AbortSignal): Promise<IncomingMessage> {
  if (url.protocol !== 'https:') throw new Error('it is not an https URL');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Node does not call `lookup` for IP addresses.
  if (isIP(host) !== 0) assertAllowed([host], guard);
  return new Promise((resolve, reject) => {
    const request = (guard.get ?? https.get)(url, {
      // A kept-alive connection would skip the check of the address.
      agent: false,
      signal,
      lookup: guardedLookup(guard),
      headers: { Accept: 'image/*, */*;q=0.1', 'Accept-Encoding': 'identity' },
    });
    request.once('response', resolve);
    request.once('error', (error) => reject(signal.aborted ? signal.reason : error));
  });
}

/** Resolves the name once per connection, so that the checked address is the one connected to. */
function guardedLookup(guard: DownloadGuard): LookupFunction {
  return (hostname, options, callback) => {
    (guard.resolve ?? resolveBySystem)(hostname)
      .then((addresses) => {
        assertAllowed(
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

function assertAllowed(addresses: readonly string[], { mayConnect }: DownloadGuard): void {
  if (!addresses.every(mayConnect)) throw new Error('its host has an address that is not public');
}

async function bodyOf(response: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  const { statusCode } = response;
  try {
    if (statusCode !== 200) throw new Error(`it returns ${statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}
