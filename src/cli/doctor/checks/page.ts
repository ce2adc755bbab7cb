import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { allows, type Wanted } from '../content-security-policy.ts';
import { failure, ok, type Verdict, warning } from '../finding.ts';
import { type PageMarkup, readPage } from '../page-markup.ts';

interface ReadPage {
  url: URL;
  markup: PageMarkup;
  /** Of headers and of the page itself. */
  policies: string[];
}

/** Where pictures and their makers are. */
export interface Places {
  /** The service, where it is known; else the page tells. */
  service: string | undefined;
  /** The URL that a picture could have; absent where no store is configured. */
  picture: string | undefined;
}

/** Whether a page of the blog has the element, and lets it do what it has to. */
export function page(site: URL, places: Places): Check {
  return {
    name: 'page',
    async run({ signal }) {
      const fetched = await fetchText(site, { signal, headers: { accept: 'text/html' } });
      if ('unreachable' in fetched || fetched.status !== 200) {
        return [
          failure(
            `${site} ${outcomeOf(fetched)}.`,
            'Give --site the address of a page as readers open it, such as https://blog.example/posts/hello/.',
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
        ...onPolicies(read, places),
        ...onMixedContent(read, places),
      ];
    },
  };
}

/** Browsers name the origin that they end at. */
function onRedirect(site: URL, { origin }: URL): Verdict[] {
  if (origin === site.origin) return [];
  return [
    warning(
      `${site} leads to ${origin}, which is the origin that readers' browsers name.`,
      `Give --site an address there, and have ${origin} in CORS_ALLOWED_ORIGINS.`,
    ),
  ];
}

function onElement({ elements }: PageMarkup): Verdict {
  if (elements.length > 0) return ok('The page has the element.');
  return failure(
    'The page has no <cafe-image>.',
    'Put it where the picture shall be, as the command "snippet" prints it; docs/recipes.md says where that is. If a script adds it later, this can be left.',
  );
}

async function onScript({ url, markup }: ReadPage, signal: AbortSignal): Promise<Verdict> {
  const [script] = markup.scripts;
  const remedy =
    'Put <script type="module" src="…/bytesized-cafe-app/cafe-image.js"></script> into its head, as the command "snippet" prints it.';
  const address = script && URL.parse(script.get('src') ?? '', url);
  if (!script || !address) return failure("The page does not load the element's script.", remedy);
  if (script.get('type') !== 'module') {
    return failure(`The page loads ${address} as a classic script, which fails.`, remedy);
  }
  const fetched = await fetchText(address, { signal });
  const type = 'headers' in fetched ? (fetched.headers.get('content-type') ?? '') : '';
  if ('unreachable' in fetched || fetched.status !== 200 || !type.includes('javascript')) {
    return failure(
      `The element's script ${address} ${outcomeOf(fetched)}${type ? ` with ${type}` : ''}.`,
      'Mend its address in the page, or build the element where it is served: npm run build.',
    );
  }
  return ok(`The page loads the element's script from ${address.origin}.`);
}

/** The element's styles are constructed by its script, so `style-src` has no say in them. */
function onPolicies(read: ReadPage, places: Places): Verdict[] {
  const { url, markup, policies } = read;
  if (policies.length === 0) return [ok('The page has no Content-Security-Policy.')];
  const [script] = markup.scripts;
  const scriptUrl = script && URL.parse(script.get('src') ?? '', url);
  const apiUrl = apiUrlOf(read, places);
  const pictureUrl = places.picture ? URL.parse(places.picture) : null;
  const wanted: (Wanted & { what: string })[] = [
    ...(scriptUrl
      ? [
          {
            directive: 'script-src',
            url: scriptUrl,
            nonce: script.get('nonce'),
            what: 'script',
          } as const,
        ]
      : []),
    ...(apiUrl ? [{ directive: 'connect-src', url: apiUrl, what: 'requests' } as const] : []),
    ...(pictureUrl ? [{ directive: 'img-src', url: pictureUrl, what: 'pictures' } as const] : []),
  ];
  const blocked = wanted.filter((each) => !allows(policies, url, each));
  if (blocked.length === 0) {
    const through = wanted.map(({ what }) => what).join(', ');
    return [ok(`The Content-Security-Policy of the page lets through: ${through}.`)];
  }
  return blocked.map(({ directive, url: { origin }, what }) =>
    failure(
      `The Content-Security-Policy of the page blocks the element's ${what}: ${directive} does not allow ${origin}.`,
      `Add ${origin} to ${directive} of the policy that the blog's host or its <meta> sends.`,
    ),
  );
}

/** Where the element asks: as it says itself, else whence its script comes. */
function apiUrlOf({ url, markup }: ReadPage, { service }: Places): URL | null {
  const [element] = markup.elements;
  const attribute = element?.get('api-url') || element?.get('data-api-url');
  const script = markup.scripts[0]?.get('src');
  const said = attribute || service || (script && URL.parse(script, url)?.origin);
  const asked = said ? URL.parse(said, url) : null;
  // An origin alone stands for its endpoint.
  return asked?.pathname === '/' ? new URL('/api/cafe/generate', asked) : asked;
}

function onMixedContent(read: ReadPage, places: Places): Verdict[] {
  const urls = [apiUrlOf(read, places), places.picture ? URL.parse(places.picture) : null];
  const insecure = urls.find((each) => each?.protocol === 'http:');
  if (read.url.protocol !== 'https:' || !insecure) return [];
  return [
    failure(
      `The page is loaded over HTTPS, and ${insecure.origin} is not: browsers block it.`,
      'Put TLS in front of it, and name it with https:// in the page, in --service and in PUBLIC_IMAGE_BASE_URL.',
    ),
  ];
}
