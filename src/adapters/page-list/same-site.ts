/** Whether two URLs are of one site: their hosts are equal, up to `www.`, over HTTP or HTTPS. */
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

/** Where a redirect leads; `undefined` if that is another site or port. Never from HTTPS to HTTP. */
export function redirectTarget(location: string | undefined, from: URL): URL | undefined {
  const target = location === undefined ? null : URL.parse(location, from);
  if (!target || !isSameSite(target, from)) return undefined;
  if (target.port !== '' && target.port !== from.port) return undefined;
  if (from.protocol === 'https:') target.protocol = 'https:';
  return target;
}

/**
 * A file of the same site that a document names, over the document's own protocol and port: an index may
 * still say `http` though the site has moved to `https`. `undefined` for what is not of the site.
 */
export function siteFile(location: string, document: URL): URL | undefined {
  const url = location === '' ? null : URL.parse(location, document);
  if (!url || !isSameSite(url, document)) return undefined;
  url.protocol = document.protocol;
  url.port = document.port;
  return url;
}
