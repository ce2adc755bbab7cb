import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { allows, type RequestedSource } from '../content-security-policy.ts';
import { failure, ok, type Verdict, warning } from '../finding.ts';
import { type PageMarkup, readPage } from '../page-markup.ts';

interface ReadPage {
  url: URL;
  markup: PageMarkup;
  /** From response headers and `<meta>` tags. */
  policies: string[];
}

export interface PageTargets {
  /** URL of the service; if unknown, it is read from the page. */
  service: string | undefined;
  /** URL of an example picture; `undefined` if no store is configured. */
  picture: string | undefined;
}

/** Checks that a page of the blog contains the element, and that its policies allow the element to work. */
export function page(site: URL, targets: PageTargets): Check {
  return {
    name: 'page',
    async run({ signal }) {
      const fetched = await fetchText(site, { signal, headers: { accept: 'text/html' } });
      if ('unreachable' in fetched || fetched.status !== 200) {
        return [
          failure(
            `${site} ${outcomeOf(fetched)}.`,
            'Set --site to the public URL of a page, such as https://blog.example/posts/hello/.',
          ),
        ];
      }
      const markup = readPage(fetched.text);
      const header = fetched.headers.get('content-security-policy');
      const policies = [...(header ? [header] : []), ...markup.policies];
      const read = { url: new URL(fetched.url), markup, policies };
      return [
        ...onRedirect(site, read.url),
        onElement(markup),
        await onScript(read, signal),
        ...onPolicies(read, targets),
        ...onMixedContent(read, targets),
      ];
    },
  };
}

/** After a redirect, browsers send the final origin in the `Origin` header. */
function onRedirect(site: URL, { origin }: URL): Verdict[] {
  if (origin === site.origin) return [];
  return [
    warning(
      `${site} redirects to ${origin}. Browsers send that origin with their requests.`,
      `Set --site to a URL on ${origin}, and add ${origin} to CORS_ALLOWED_ORIGINS.`,
    ),
  ];
}

function onElement({ elements }: PageMarkup): Verdict {
  if (elements.length > 0) return ok('The page contains the element.');
  return failure(
    'The page contains no <cafe-image>.',
    'Add it where the picture should appear. The command "snippet" prints it, and docs/recipes.md says where it goes. If a script adds it later, ignore this.',
  );
}

async function onScript({ url, markup }: ReadPage, signal: AbortSignal): Promise<Verdict> {
  const [script] = markup.scripts;
  const remedy =
    'Add <script type="module" src="…/bytesized-cafe-app/cafe-image.js"></script> to the <head>. The command "snippet" prints it.';
  const address = script && URL.parse(script.get('src') ?? '', url);
  if (!script || !address) return failure("The page does not load the element's script.", remedy);
  if (script.get('type') !== 'module') {
    return failure(`The page loads ${address} without type="module", so the script fails.`, remedy);
  }
  const fetched = await fetchText(address, { signal });
  const type = 'headers' in fetched ? (fetched.headers.get('content-type') ?? '') : '';
  if ('unreachable' in fetched || fetched.status !== 200 || !type.includes('javascript')) {
    return failure(
      `The element's script ${address} ${outcomeOf(fetched)}${type ? ` with ${type}` : ''}.`,
      'Correct its URL in the page, or build the element on the server: npm run build.',
    );
  }
  return ok(`The page loads the element's script from ${address.origin}.`);
}

/** `style-src` is not checked: it does not apply to the constructed style sheets that the element uses. */
function onPolicies(read: ReadPage, targets: PageTargets): Verdict[] {
  const { url, markup, policies } = read;
  if (policies.length === 0) return [ok('The page has no Content-Security-Policy.')];
  const [script] = markup.scripts;
  const scriptUrl = script && URL.parse(script.get('src') ?? '', url);
  const apiUrl = apiUrlOf(read, targets);
  const pictureUrl = targets.picture ? URL.parse(targets.picture) : null;
  const requested: (RequestedSource & { what: string })[] = [];
  if (scriptUrl) {
    const nonce = script.get('nonce');
    requested.push({ directive: 'script-src', url: scriptUrl, nonce, what: 'script' });
  }
  if (apiUrl) requested.push({ directive: 'connect-src', url: apiUrl, what: 'requests' });
  if (pictureUrl) requested.push({ directive: 'img-src', url: pictureUrl, what: 'pictures' });
  const blocked = requested.filter((each) => !allows(policies, url, each));
  if (blocked.length === 0) {
    const allowed = requested.map(({ what }) => what).join(', ');
    return [ok(`The Content-Security-Policy of the page allows: ${allowed}.`)];
  }
  return blocked.map(({ directive, url: { origin }, what }) =>
    failure(
      `The Content-Security-Policy of the page blocks the element's ${what}: ${directive} does not allow ${origin}.`,
      `Add ${origin} to ${directive}, in the blog's response header or <meta> tag.`,
    ),
  );
}

/**
 * The URL that the element calls: from its attribute, else from `--service`, else the origin of its script.
 */
function apiUrlOf({ url, markup }: ReadPage, { service }: PageTargets): URL | null {
  const [element] = markup.elements;
  const attribute = element?.get('api-url') || element?.get('data-api-url');
  const script = markup.scripts[0]?.get('src');
  const base = attribute || service || (script && URL.parse(script, url)?.origin);
  const apiUrl = base ? URL.parse(base, url) : null;
  // An origin alone stands for the default endpoint.
  return apiUrl?.pathname === '/' ? new URL('/api/cafe/generate', apiUrl) : apiUrl;
}

function onMixedContent(read: ReadPage, targets: PageTargets): Verdict[] {
  const urls = [apiUrlOf(read, targets), targets.picture ? URL.parse(targets.picture) : null];
  const insecure = urls.find((each) => each?.protocol === 'http:');
  if (read.url.protocol !== 'https:' || !insecure) return [];
  return [
    failure(
      `The page uses HTTPS, but ${insecure.origin} does not, so browsers block it (mixed content).`,
      'Serve it over TLS, and use its https:// URL in the page, in --service and in PUBLIC_IMAGE_BASE_URL.',
    ),
  ];
}
