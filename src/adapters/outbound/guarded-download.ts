import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

/** Resolves a host name to all its addresses. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface AddressGuard {
  /** Whether connections to an address are allowed. */
  mayConnect(address: string): boolean;
  /** Default: the system's resolver. */
  resolve?: Resolve | undefined;
}

export interface DownloadRules {
  headers: Readonly<Record<string, string>>;
  /** Maximum size of the response body. */
  maxBytes: number;
  /** The URL to which a redirect leads. Throws an Error with the reason if it may not be followed. */
  targetOf(location: string | undefined, from: URL): URL;
  /** Sends a request. Default: `node:http` or `node:https`, as the URL says. */
  get?: typeof https.get | undefined;
}

/** A file, with its URL after redirects. */
export interface DownloadedFile {
  bytes: Buffer;
  url: URL;
}

/**
 * Downloads a file from a URL that came from another server. Protects against server-side request forgery. It
 * only connects to addresses that passed the check, and to none if one address of the host is not allowed.
 * This also applies after each of up to three redirects.
 *
 * @param signal aborts the download with its reason
 * @throws Error with the reason, worded to follow the URL and a colon
 */
export async function guardedDownload(
  url: URL,
  guard: AddressGuard,
  rules: DownloadRules,
  signal: AbortSignal,
): Promise<DownloadedFile> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get(at, guard, rules, signal);
    if (!REDIRECTS.has(response.statusCode)) {
      return { bytes: await bodyOf(response, rules.maxBytes, signal), url: at };
    }
    response.destroy();
    at = rules.targetOf(response.headers.location, at);
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

function get(
  url: URL,
  guard: AddressGuard,
  { headers, get: given }: DownloadRules,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Node does not call `lookup` for IP addresses.
  if (isIP(host) !== 0) assertAllowed([host], guard);
  const send = given ?? (url.protocol === 'https:' ? https.get : http.get);
  return new Promise((resolve, reject) => {
    const request = send(url, {
      // A kept-alive connection would skip the check of the address.
      agent: false,
      signal,
      lookup: guardedLookup(guard),
      headers: { ...headers, 'Accept-Encoding': 'identity' },
    });
    request.once('response', resolve);
    request.once('error', (error) => reject(signal.aborted ? signal.reason : error));
  });
}

/** Resolves the name once per connection, so that the checked address is the one connected to. */
function guardedLookup(guard: AddressGuard): LookupFunction {
  const { resolve = resolveBySystem } = guard;
  return (hostname, options, callback) => {
    resolve(hostname)
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

function assertAllowed(addresses: readonly string[], { mayConnect }: AddressGuard): void {
  if (!addresses.every(mayConnect)) throw new Error('its host has an address that is not public');
}

async function bodyOf(
  response: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { statusCode } = response;
  try {
    if (statusCode !== 200) throw new Error(`it returns ${statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    response.destroy();
  }
}
