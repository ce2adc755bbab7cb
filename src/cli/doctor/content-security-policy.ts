/** A URL that the page needs its policies to allow. */
export interface RequestedSource {
  directive: 'script-src' | 'connect-src' | 'img-src';
  url: URL;
  /** The `nonce` attribute of the script tag, if it has one. */
  nonce?: string | undefined;
}

/** For each directive, those that apply, the most specific first. */
const APPLYING: Readonly<Record<RequestedSource['directive'], readonly string[]>> = {
  'script-src': ['script-src-elem', 'script-src', 'default-src'],
  'connect-src': ['connect-src', 'default-src'],
  'img-src': ['img-src', 'default-src'],
};

/** Whether all of a page's Content-Security-Policies allow a URL. */
export function allows(
  policies: readonly string[],
  page: URL,
  requested: RequestedSource,
): boolean {
  return policies
    .flatMap((header) => header.split(','))
    .every((policy) => {
      const sources = sourcesFor(policy, requested.directive);
      return (
        sources === undefined ||
        sources.some((source) => sourceAllows(source, sources, page, requested))
      );
    });
}

/** `undefined` if the policy has no directive for it. */
function sourcesFor(policy: string, directive: RequestedSource['directive']): string[] | undefined {
  const directives = new Map<string, string[]>();
  for (const text of policy.split(';')) {
    const [name, ...sources] = text.trim().split(/\s+/);
    // The first directive of a name wins.
    if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  const applying = APPLYING[directive].find((name) => directives.has(name));
  return applying === undefined ? undefined : directives.get(applying);
}

function sourceAllows(
  source: string,
  all: readonly string[],
  page: URL,
  { url, nonce, directive }: RequestedSource,
): boolean {
  if (source.startsWith("'nonce-")) return nonce !== undefined && source === `'nonce-${nonce}'`;
  // 'strict-dynamic' disables host sources: only a nonce or a hash allows a script.
  if (directive === 'script-src' && all.includes("'strict-dynamic'")) return false;
  if (source === "'self'") return url.origin === page.origin;
  if (source.startsWith("'")) return false;
  if (source === '*') return /^https?:$/.test(url.protocol);
  return matches(source.toLowerCase(), page, url);
}

function matches(source: string, page: URL, url: URL): boolean {
  const { scheme, host, port, path } = partsOf(source);
  const expected = scheme ? `${scheme}:` : page.protocol;
  // An http: source also allows https:.
  if (url.protocol !== expected && !(expected === 'http:' && url.protocol === 'https:'))
    return false;
  if (!host) return scheme !== undefined;
  const { hostname } = url;
  const isHost = host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
  return isHost && isPort(port, url) && isPath(path, url);
}

/** Parses sources such as `https:`, `cdn.example:*` and `https://cdn.example/path`. */
function partsOf(source: string) {
  const isScheme = source.endsWith(':');
  const [scheme, location] = isScheme ? [source.slice(0, -1), ''] : source.split('://', 2);
  const rest = location ?? source;
  const [authority = ''] = rest.split('/', 1);
  const [host, port] = authority.split(':', 2);
  const path = rest.slice(authority.length);
  return { scheme: location === undefined ? undefined : scheme, host, port, path };
}

function isPort(port: string | undefined, url: URL): boolean {
  const defaultPort = url.protocol === 'https:' ? '443' : '80';
  return port === '*' || (port ?? defaultPort) === (url.port || defaultPort);
}

function isPath(path: string | undefined, { pathname }: URL): boolean {
  if (!path || path === '/') return true;
  return path.endsWith('/')
    ? pathname.toLowerCase().startsWith(path)
    : pathname.toLowerCase() === path;
}
