/** Whether two URLs belong to the same site: equal hosts except for `www.`, with HTTP or HTTPS. */
export function isSameSite(url: URL, site: URL): boolean {
  return isWeb(url) && bareHost(url) === bareHost(site);
}

export function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

/** The host without `www.` and port. */
export function bareHost({ hostname }: URL): string {
  return hostname.startsWith('www.') ? hostname.slice('www.'.length) : hostname;
}

/** The target of a redirect; `undefined` for another site or port. HTTPS stays HTTPS. */
export function redirectTarget(location: string | undefined, from: URL): URL | undefined {
  const target = location === undefined ? null : URL.parse(location, from);
  if (!target || !isSameSite(target, from)) return undefined;
  if (target.port !== '' && target.port !== from.port) return undefined;
  if (from.protocol === 'https:') target.protocol = 'https:';
  return target;
}

/**
 * The URL of a file that a document lists; `undefined` if it is on another site. Uses the protocol and
 * port of the document, because an index may still list `http` after the site moved to `https`.
 */
export function siteFile(location: string, document: URL): URL | undefined {
  const url = location === '' ? null : URL.parse(location, document);
  if (!url || !isSameSite(url, document)) return undefined;
  url.protocol = document.protocol;
  url.port = document.port;
  return url;
}
