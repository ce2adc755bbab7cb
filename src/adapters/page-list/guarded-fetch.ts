import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { redirectTarget } from './same-site.ts';

/** Resolves a name to all its addresses. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface FetchGuard {
  /** Whether an address may be connected to. */
  mayConnect: (address: string) => boolean;
  resolve: Resolve;
  /** Says who asks: some hosts refuse requests without it. */
  userAgent: string;
}

/** A file, and where it was in the end. */
export interface FetchedFile {
  bytes: Buffer;
  url: URL;
}

/** Bytes, as they are sent. */
const MAX_BYTES = 10_000_000;
/** Enough for one to HTTPS, one to `www.` and one to the file. */
const MAX_REDIRECTS = 3;
const ACCEPT = 'application/xml, text/xml, */*;q=0.1';
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

export const resolveBySystem: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });

/**
 * Gets a file over HTTP without being led astray: it connects to none but the addresses that were looked
 * at, and to none at all of a name that has one where nobody may go; it follows three redirects, all of
 * them on the same site, and none from HTTPS to HTTP; and it reads 10 MB at most.
 *
 * @param signal ends it, with its reason
 * @throws Error that says why not
 */
export async function guardedFetch(
  url: URL,
  guard: FetchGuard,
  signal: AbortSignal,
): Promise<FetchedFile> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get(at, guard, signal);
    if (!REDIRECTS.has(response.statusCode))
      return { bytes: await bodyOf(response, signal), url: at };
    response.destroy();
    const target = redirectTarget(response.headers.location, at);
    if (!target) throw new Error('it redirects to another host');
    at = target;
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

function get(url: URL, guard: FetchGuard, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Addresses are connected to without being looked up.
  if (isIP(host) !== 0) refuseOthers([host], guard);
  return new Promise((resolve, reject) => {
    const { get: send } = url.protocol === 'https:' ? https : http;
    const request = send(url, {
      // Of a connection that is kept nobody would look at the address again.
      agent: false,
      signal,
      lookup: guardedLookup(guard),
      headers: {
        'User-Agent': guard.userAgent,
        Accept: ACCEPT,
        'Accept-Encoding': 'identity',
      },
    });
    request.once('response', resolve);
    request.once('error', (error) => reject(signal.aborted ? signal.reason : error));
  });
}

/** What is connected to is what was looked at: names are resolved once for each connection. */
function guardedLookup(guard: FetchGuard): LookupFunction {
  return (hostname, options, callback) => {
    guard
      .resolve(hostname)
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

function refuseOthers(addresses: readonly string[], { mayConnect }: FetchGuard): void {
  if (!addresses.every(mayConnect)) throw new Error('its host has an address that is not public');
}

async function bodyOf(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
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
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}
