import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { RecalledImage } from '../../../domain/cafe/response-cache/cached-response.ts';
import { PageLookup } from '../../../domain/cafe/response-cache/response-cache.ts';
import type { ServePageImage } from '../../../domain/cafe/serve-page-image.ts';
import { BoundedMap } from '../../../domain/kernel/bounded-map.ts';
import type { PageNames } from '../../../domain/pages/page.ts';
import type { ProxyTrust } from '../../config/config.ts';
import { visitorOf } from '../client-address.ts';
import type { Connections } from '../connections.ts';
import type { OriginPolicy } from '../cors.ts';
import { type HandedOver, handOver } from '../handed-over.ts';
import { BODY_LIMIT, parseJson } from '../json-body.ts';
import type { RequestCounts } from '../request-counts.ts';
import { namesSeveralHosts } from '../request-target.ts';
import { SECURITY_HEADERS } from '../security-headers.ts';
import {
  ANSWER_HEADERS,
  askerOf,
  DETAILS_PATH,
  type ImagePresenter,
  PATH,
  requestedPicture,
} from './generate-route.ts';

/**
 * Answers plain requests for a page's image without Koa. Nearly all of them are cached. A request
 * that waits for a new image would need 50% more memory in Koa. The fast lane has no rules of its
 * own: any special case or failure goes to Koa unchanged, with the body already read.
 */
export function fastLane(
  deps: {
    servePageImage: ServePageImage;
    names: PageNames;
    present: ImagePresenter;
    trust: ProxyTrust;
    origins: OriginPolicy;
    counts: RequestCounts;
    connections: Connections;
    /** Listens while the service accepts new requests. */
    server: Pick<Server, 'listening'>;
  },
  koa: RequestListener,
): RequestListener {
  const { servePageImage, present, trust, origins, connections, server } = deps;
  const { answers } = deps.counts;
  const bodies = new BodyCache(deps.names);

  function handOn(request: IncomingMessage, response: ServerResponse, what: HandedOver): void {
    handOver(request, what);
    koa(request, response);
  }

  function answer(
    request: IncomingMessage,
    response: ServerResponse,
    { bytes, isDetailed, corsHeaders }: PlainRequest,
  ): void {
    const body = server.listening ? readOrNothing(bodies, bytes) : undefined;
    if (!body) {
      handOn(request, response, { bytes });
      return;
    }
    const { asked, token } = body;
    const visitor = visitorOf(request, trust);
    const known = servePageImage.recall(asked, visitor);
    if (known) {
      const text = body.wording(known, isDetailed, present);
      answers.known += 1;
      send(response, corsHeaders, text);
      return;
    }
    const departure = connections.begin(request, response);
    servePageImage
      .serve(asked, visitor, askerOf(request, token), departure)
      .then((image) => {
        const text = present(image, isDetailed);
        answers[image.source] += 1;
        // A kept-alive connection would keep the process running.
        const headers = server.listening ? corsHeaders : [...corsHeaders, 'Connection', 'close'];
        send(response, headers, text);
      })
      .catch((cause: unknown) => handOn(request, response, { failure: { cause } }));
  }

  return (request, response) => {
    const { method, url, headers } = request;
    const isDetailed = url === DETAILS_PATH;
    const corsHeaders = origins.headersFor(headers.origin);
    const isPlain =
      method === 'POST' &&
      (isDetailed || url === PATH) &&
      headers['content-type'] === 'application/json' &&
      headers['content-encoding'] === undefined &&
      !namesSeveralHosts(request) &&
      Number(headers['content-length']) <= BODY_LIMIT;
    if (isPlain && corsHeaders) {
      whole(request, (bytes) => {
        try {
          answer(request, response, { bytes, isDetailed, corsHeaders });
        } catch (cause) {
          // An uncaught error would end the process.
          handOn(request, response, { failure: { cause } });
        }
      });
    } else {
      koa(request, response);
    }
  };
}

interface PlainRequest {
  bytes: Buffer;
  isDetailed: boolean;
  corsHeaders: readonly string[];
}

function readOrNothing(bodies: BodyCache, bytes: Buffer): ReadBody | undefined {
  try {
    return bodies.read(bytes);
  } catch {
    // Koa finds the same fault and reports it.
    return undefined;
  }
}

/**
 * Calls back once a body of known length is complete. A client that disconnects gets no response.
 */
function whole(request: IncomingMessage, then: (bytes: Buffer) => void): void {
  let bytes: Buffer | undefined;
  request.on('data', (chunk: Buffer) => {
    bytes = bytes ? Buffer.concat([bytes, chunk]) : chunk;
  });
  // The event fires once. `once` would wrap the listener, which costs as much as the rest of this
  // function.
  request.on('end', () => {
    const all = bytes ?? Buffer.alloc(0);
    // A waiting request keeps this closure, but no longer needs the body.
    bytes = undefined;
    then(all);
  });
}

const USUAL_HEADERS = [...ANSWER_HEADERS, ...SECURITY_HEADERS];

function send(response: ServerResponse, headers: readonly string[], body: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, [...USUAL_HEADERS, ...headers, 'Content-Length', String(length)]);
  // Strings are written together with the headers, and latin1 is the cheapest to encode.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
}

/** Maximum number of bodies. One body with its last response needs 1 to 2 KB. */
const MAX_BODIES = 10_000;
const LONGEST_BODY = 512;
/** Every 16th new body is remembered, so that rare bodies do not evict common ones. */
const REMEMBERED_ONE_IN = 16;

/** A parsed body and its last response. */
class ReadBody {
  readonly asked: PageLookup;
  /** The page token from the request, which proves that the site has the page. Not yet verified. */
  readonly token: string | undefined;
  /** Whether it was requested again since the last eviction check. */
  wasAskedAgain = false;
  #lastWording: { image: RecalledImage; isDetailed: boolean; text: string } | undefined;

  /** @throws Refusal, CafeError `invalid_page` */
  constructor(bytes: Buffer, names: PageNames) {
    const { page, token } = requestedPicture(parseJson(bytes), names);
    this.asked = new PageLookup(page);
    this.token = token;
  }

  /**
   * The JSON of the page's current image. It is serialized again only if the image or the detail
   * level changes. Renditions that have expired since then are still listed; stores delete them a
   * day later.
   */
  wording(image: RecalledImage, isDetailed: boolean, present: ImagePresenter): string {
    const last = this.#lastWording;
    if (last?.image === image && last.isDetailed === isDetailed) return last.text;
    const text = present(image, isDetailed);
    this.#lastWording = { image, isDetailed, text };
    return text;
  }
}

/**
 * Caches parsed request bodies, because many requests have the same body, byte for byte. Evicts the
 * oldest body that was not requested again; if there is none, the new body is not kept.
 */
export class BodyCache {
  readonly #bodies = new BoundedMap<string, ReadBody>(MAX_BODIES);
  readonly #names: PageNames;
  #unknown = 0;

  constructor(names: PageNames) {
    this.#names = names;
  }

  /** @throws Refusal, CafeError `invalid_page`; failures are not cached */
  read(bytes: Buffer): ReadBody {
    const text = bytes.toString('latin1');
    const remembered = this.#bodies.get(text);
    if (remembered) {
      remembered.wasAskedAgain = true;
      return remembered;
    }
    const body = new ReadBody(bytes, this.#names);
    this.#unknown += 1;
    const isChosen = this.#unknown % REMEMBERED_ONE_IN === 0 && text.length <= LONGEST_BODY;
    if (isChosen) this.#remember(text, body);
    return body;
  }

  #remember(text: string, body: ReadBody): void {
    let oldest = this.#bodies.set(text, body);
    while (oldest?.value.wasAskedAgain) {
      oldest.value.wasAskedAgain = false;
      oldest = this.#bodies.set(oldest.key, oldest.value);
    }
  }
}
