import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AskedPage } from '../../domain/asked-page.ts';
import { BoundedMap } from '../../domain/bounded-map.ts';
import type { PageImage } from '../../domain/page-image.ts';
import type { ServePageImage } from '../../domain/serve-page-image.ts';
import type { ProxyTrust } from '../config.ts';
import type { OriginPolicy } from './cors.ts';
import {
  ANSWER_HEADERS,
  DETAILS_PATH,
  type ImagePresenter,
  PATH,
  requestedPicture,
} from './generate-route.ts';
import { BODY_LIMIT, handOver, parseJson } from './json-body.ts';
import type { RequestCounts } from './request-counts.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { visitorOf } from './visitor.ts';

/** Bodies whose page is remembered, each of a few hundred bytes. */
const REMEMBERED_BODIES = 5_000;
const LONGEST_REMEMBERED = 512;
/** Of bodies that are not remembered, one in so many is, so that rare ones do not drive out the usual. */
const REMEMBERED_ONE_IN = 16;

/**
 * Answers requests for pictures that are known, without Koa, because they are nearly all there are.
 * It has no rules of its own: whatever is not plain sailing goes on to Koa as it came, with the body
 * that was read.
 */
export function fastLane(
  deps: {
    servePageImage: ServePageImage;
    present: ImagePresenter;
    trust: ProxyTrust;
    origins: OriginPolicy;
    counts: RequestCounts;
    /** Whether new requests are still taken. */
    isOpen: () => boolean;
  },
  koa: RequestListener,
): RequestListener {
  const { servePageImage, present, trust, origins, isOpen } = deps;
  const { answers } = deps.counts;
  const pages = new BoundedMap<string, AskedPage>(REMEMBERED_BODIES);
  let unknownBodies = 0;

  function pageIn(bytes: Buffer): AskedPage | undefined {
    const text = bytes.toString('latin1');
    const remembered = pages.get(text);
    if (remembered) return remembered;
    const page = pageOrNothing(bytes);
    unknownBodies += 1;
    const isChosen = unknownBodies % REMEMBERED_ONE_IN === 0 && text.length <= LONGEST_REMEMBERED;
    if (page && isChosen) pages.set(text, page);
    return page;
  }

  function known(request: IncomingMessage, bytes: Buffer): PageImage | undefined {
    const page = isOpen() ? pageIn(bytes) : undefined;
    return page && servePageImage.recall(page, visitorOf(request, trust));
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
      Number(headers['content-length']) <= BODY_LIMIT;
    if (!isPlain || !corsHeaders) {
      koa(request, response);
      return;
    }
    whole(request, (bytes) => {
      const image = known(request, bytes);
      if (image) {
        answers.known += 1;
        send(response, corsHeaders, present(image, isDetailed));
      } else {
        handOver(request, bytes);
        koa(request, response);
      }
    });
  };
}

function pageOrNothing(bytes: Buffer): AskedPage | undefined {
  try {
    return new AskedPage(requestedPicture(parseJson(bytes)).page);
  } catch {
    // Koa's lane finds the same fault, and says so.
    return undefined;
  }
}

/** Calls back with a body of known length once it is there; a client that leaves gets no answer. */
function whole(request: IncomingMessage, then: (bytes: Buffer) => void): void {
  let bytes: Buffer | undefined;
  request.on('data', (chunk: Buffer) => {
    bytes = bytes ? Buffer.concat([bytes, chunk]) : chunk;
  });
  // Comes once by itself, and to say so would cost as much as all the rest here.
  request.on('end', () => then(bytes ?? Buffer.alloc(0)));
}

function send(response: ServerResponse, corsHeaders: readonly string[], body: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, [
    ...ANSWER_HEADERS,
    ...SECURITY_HEADERS,
    ...corsHeaders,
    'X-Request-Id',
    randomUUID(),
    'Content-Length',
    String(length),
  ]);
  // As text it leaves in one write with the headers, and as such the cheapest to encode.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
}
