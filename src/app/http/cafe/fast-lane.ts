import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServePageImage } from '../../../domain/cafe/serve-page-image.ts';
import type { PageNames } from '../../../domain/pages/page-names.ts';
import type { ProxyTrust } from '../../config/config.ts';
import type { Connections } from '../connections.ts';
import type { OriginPolicy } from '../cors.ts';
import { type HandedOver, handOver } from '../handed-over.ts';
import { BODY_LIMIT } from '../json-body.ts';
import type { RequestCounts } from '../request-counts.ts';
import { namesSeveralHosts } from '../request-target.ts';
import { SECURITY_HEADERS } from '../security-headers.ts';
import { visitorOf } from '../visitor.ts';
import { BodyCache, type ReadBody } from './body-cache.ts';
import {
  ANSWER_HEADERS,
  askerOf,
  DETAILS_PATH,
  type ImagePresenter,
  PATH,
} from './generate-route.ts';

/**
 * Answers plain requests for a page's image without Koa. Nearly all of them are cached, and waiting
 * for a new image in Koa takes half as much memory again. It has no rules of its own: any special
 * case or failure goes to Koa unchanged, with the body already read.
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
    /** Whether the service accepts new requests. */
    isOpen: () => boolean;
  },
  koa: RequestListener,
): RequestListener {
  const { servePageImage, present, trust, origins, connections, isOpen } = deps;
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
    const body = isOpen() ? readOrNothing(bodies, bytes) : undefined;
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
        const headers = isOpen() ? corsHeaders : [...corsHeaders, 'Connection', 'close'];
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
