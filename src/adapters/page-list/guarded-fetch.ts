import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { redirectTarget } from './same-site.ts';

/** Resolves a host name to all its addresses. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface FetchGuard {
  /** Whether connections to an address are allowed. */
  mayConnect: (address: string) => boolean;
  resolve: Resolve;
  /** Some hosts reject requests without a user agent. */
  userAgent: string;
}

/** A file, with its URL after redirects. */
export interface FetchedFile {
  bytes: Buffer;
  url: URL;
}

/** Maximum size of a response body. */
const MAX_BYTES = 10_000_000;
/** Enough for a redirect to HTTPS, one to `www.` and one to the file. */
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
 * Downloads a file over HTTP, protected against server-side request forgery. It only connects to addresses
 * that passed the check, and to none if one address of the host is not allowed. It follows up to three
 * redirects within the same site, but not from HTTPS to HTTP. It reads at most 10 MB.
 *
 * @param signal aborts the download with its reason
 * @throws Error with the reason, worded to follow the URL and a colon
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
  // Node does not call `lookup` for IP addresses.
  if (isIP(host) !== 0) assertAllowed([host], guard);
  return new Promise((resolve, reject) => {
    const { get: send } = url.protocol === 'https:' ? https : http;
    const request = send(url, {
      // A kept-alive connection would skip the check of the address.
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

/** Resolves the name once per connection, so that the checked address is the one connected to. */
function guardedLookup(guard: FetchGuard): LookupFunction {
  return (hostname, options, callback) => {
    guard
      .resolve(hostname)
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

function assertAllowed(addresses: readonly string[], { mayConnect }: FetchGuard): void {
  if (!addresses.every(mayConnect)) throw new Error('its host has an address that is not public');
}

async function bodyOf(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
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
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}
