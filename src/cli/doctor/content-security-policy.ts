/** What a page wants of its policies. */
export interface Wanted {
  directive: 'script-src' | 'connect-src' | 'img-src';
  url: URL;
  /** Of the script's tag, where it has one. */
  nonce?: string | undefined;
}

/** In whose place which directive speaks, where it does not itself. */
const INSTEAD: Readonly<Record<Wanted['directive'], readonly string[]>> = {
  'script-src': ['script-src-elem', 'script-src', 'default-src'],
  'connect-src': ['connect-src', 'default-src'],
  'img-src': ['img-src', 'default-src'],
};

/** Whether all of a page's Content-Security-Policies let something through. */
export function allows(policies: readonly string[], page: URL, wanted: Wanted): boolean {
  return policies
    .flatMap((header) => header.split(','))
    .every((policy) => {
      const sources = sourcesFor(policy, wanted.directive);
      return (
        sources === undefined || sources.some((source) => isLeave(source, sources, page, wanted))
      );
    });
}

/** `undefined` where the policy says nothing of it. */
function sourcesFor(policy: string, directive: Wanted['directive']): string[] | undefined {
  const directives = new Map<string, string[]>();
  for (const text of policy.split(';')) {
    const [name, ...sources] = text.trim().split(/\s+/);
    // Of two of one name the first is in force.
    if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  const speaking = INSTEAD[directive].find((name) => directives.has(name));
  return speaking === undefined ? undefined : directives.get(speaking);
}

function isLeave(source: string, all: readonly string[], page: URL, wanted: Wanted): boolean {
  const { url, nonce, directive } = wanted;
  if (source.startsWith("'nonce-")) return nonce !== undefined && source === `'nonce-${nonce}'`;
  // Under it scripts are trusted by nonce alone, wherever they come from.
  if (directive === 'script-src' && all.includes("'strict-dynamic'")) return false;
  if (source === "'self'") return url.origin === page.origin;
  if (source.startsWith("'")) return false;
  if (source === '*') return /^https?:$/.test(url.protocol);
  return matches(source.toLowerCase(), page, url);
}

function matches(source: string, page: URL, url: URL): boolean {
  const { scheme, host, port, path } = partsOf(source);
  const asked = scheme ? `${scheme}:` : page.protocol;
  // A source may always be had more safely than it says.
  if (url.protocol !== asked && !(asked === 'http:' && url.protocol === 'https:')) return false;
  if (!host) return scheme !== undefined;
  const { hostname } = url;
  const isHost = host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
  return isHost && isPort(port, url) && isPath(path, url);
}

/** Of `https:`, `cdn.example:*`, `https://cdn.example/path` and the like. */
function partsOf(source: string) {
  const isScheme = source.endsWith(':');
  const [scheme, location] = isScheme ? [source.slice(0, -1), ''] : source.split('://', 2);
  const place = location ?? source;
  const [authority = ''] = place.split('/', 1);
  const [host, port] = authority.split(':', 2);
  const path = place.slice(authority.length);
  return { scheme: location === undefined ? undefined : scheme, host, port, path };
}

function isPort(port: string | undefined, url: URL): boolean {
  const usual = url.protocol === 'https:' ? '443' : '80';
  return port === '*' || (port ?? usual) === (url.port || usual);
}

function isPath(path: string | undefined, { pathname }: URL): boolean {
  if (!path || path === '/') return true;
  return path.endsWith('/')
    ? pathname.toLowerCase().startsWith(path)
    : pathname.toLowerCase() === path;
}
