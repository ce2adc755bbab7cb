import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ObjectLabels } from '../../src/domain/storage/object-store.ts';
import { answerWith, type Fault, Hangs } from './faults.ts';
import { ListingLag } from './listing-lag.ts';
import { AMAZONS_CONDITIONS, type ConditionHandling, conditionFailure } from './s3-conditions.ts';
import { type ListQuery, listingXml } from './s3-listing.ts';
import { etagFor, etagIn, type S3Quirks } from './s3-quirks.ts';

export type S3Operation = 'head' | 'get' | 'put' | 'copy' | 'delete' | 'list';

/** A call as it came in. */
export interface S3Call {
  operation: S3Operation;
  method: string;
  bucket: string;
  /** The key, and for listings the prefix. */
  key: string;
  headers: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** What it was answered with, absent while it is not. */
  status?: number;
}

/** An object in the stand-in. */
export interface S3Object extends ObjectLabels {
  bytes: Uint8Array;
  metadata: Readonly<Record<string, string>>;
  /** Quoted. */
  etag: string;
  lastModified: Date;
  /** Told like Amazon's lifecycle rules; nothing is removed by itself. */
  expiresAt?: Date;
  /** Base64, where the client sent it. */
  crc32?: string;
}

/** Which calls a fault is for; every call where nothing is said. */
export interface S3CallPattern {
  operation?: S3Operation;
  /** The whole key or prefix, or what it has to match. */
  key?: string | RegExp;
}

export interface S3StandInOptions {
  bucket?: string;
  /** What may be read without a signature; nothing by default. */
  publicPrefix?: string;
  /** What becomes of conditions on writes where it is not what Amazon makes of them. */
  conditions?: Partial<ConditionHandling>;
  /** In what else it is not like Amazon's. */
  quirks?: S3Quirks;
}

/**
 * S3 with one bucket, in memory: one function from requests to answers, for msw or for a port.
 *
 * Keys are virtual-hosted or in the path. Signatures are not checked, but there has to be one.
 */
export class S3StandIn {
  readonly bucket: string;
  /** What is stored, to be read, and to be changed behind the client's back. */
  readonly objects = new Map<string, S3Object>();
  /** Every call, in the order of arrival. */
  readonly journal: S3Call[] = [];
  readonly #publicPrefix: string | undefined;
  /** What becomes of conditions on writes; may change while it runs. */
  conditions: ConditionHandling;
  readonly #quirks: S3Quirks;
  readonly #lastWrites = new Map<string, number>();
  /** How far listings are behind. */
  readonly listingLag = new ListingLag(this.objects);
  /** By so many milliseconds the store's clock differs from this machine's. */
  clockOffsetMs = 0;
  /** What goes wrong with calls for which no fault is scripted. */
  weather: ((call: S3Call) => Fault | undefined) | undefined;
  readonly #hangs = new Hangs();
  #faults: { pattern: S3CallPattern; fault: Fault; left: number }[] = [];

  constructor(options: S3StandInOptions = {}) {
    this.bucket = options.bucket ?? 'cafe-test';
    this.#publicPrefix = options.publicPrefix;
    this.conditions = { ...AMAZONS_CONDITIONS, ...options.conditions };
    this.#quirks = options.quirks ?? {};
  }

  /** Answers a request. Bound, so that it can be handed on. */
  readonly handle = async (request: Request): Promise<Response> => {
    const call = parseCall(request, this.bucket);
    this.journal.push(call);
    const body = new Uint8Array(await request.arrayBuffer());
    const work = async () => this.#answer(call, body);
    const refuse = (status: number, code: string) => refusal(call, status, code);
    const fault = this.#faultFor(call);
    const response = fault
      ? await answerWith(fault, request, work, refuse, this.#hangs)
      : await work();
    call.status = response.status;
    return this.#dated(response);
  };

  /** Lets the next `times` calls of a kind go wrong. Faults for one call are used up in turn. */
  fault(pattern: S3CallPattern, fault: Fault, times = 1): void {
    this.#faults.push({ pattern, fault, left: times });
  }

  /** Puts an object there without a call. */
  seed(
    key: string,
    bytes: Uint8Array | string,
    labels: ObjectLabels = { contentType: 'image/png' },
  ): void {
    const content = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    this.#write(key, content, { metadata: {}, ...labels });
  }

  /** The journal's calls of one kind. */
  calls(operation: S3Operation): S3Call[] {
    return this.journal.filter((call) => call.operation === operation);
  }

  /** How many calls like that have come in. */
  countOf(pattern: S3CallPattern): number {
    return this.journal.filter((call) => matches(pattern, call)).length;
  }

  /** Ends all faults, and lets go of calls that hang. */
  mend(): void {
    this.#faults = [];
    this.#hangs.release();
  }

  /** Forgets everything and lets go of calls that hang. */
  reset(): void {
    this.objects.clear();
    this.#lastWrites.clear();
    this.journal.length = 0;
    this.mend();
  }

  /** Says when it answered, also where a test has set the time, which Node's own server does not know. */
  #dated(response: Response): Response {
    if (response.type === 'error') return response;
    const headers = new Headers(response.headers);
    headers.set('date', new Date(Date.now() + this.clockOffsetMs).toUTCString());
    return new Response(response.body, { status: response.status, headers });
  }

  #faultFor(call: S3Call): Fault | undefined {
    const next = this.#faults.find(({ pattern, left }) => left > 0 && matches(pattern, call));
    if (!next) return this.weather?.(call);
    next.left -= 1;
    return next.fault;
  }

  #answer(call: S3Call, body: Uint8Array): Response {
    const refused = this.#refuse(call);
    if (refused) return refused;
    switch (call.operation) {
      case 'head':
      case 'get':
        return this.#read(call);
      case 'put':
        return this.#put(call, body);
      case 'copy':
        return this.#copy(call);
      case 'delete': {
        this.listingLag.note(call.key);
        const wasThere = this.objects.delete(call.key);
        if (!wasThere && this.#quirks.deletesStrictly) return this.#missing(call);
        return new Response(null, { status: 204 });
      }
      case 'list':
        return this.#list(call);
    }
  }

  #refuse(call: S3Call): Response | undefined {
    const { operation, headers, key } = call;
    if (call.bucket !== this.bucket) return refusal(call, 404, 'NoSuchBucket');
    const isPublic = this.#publicPrefix !== undefined && key.startsWith(this.#publicPrefix);
    const isRead = operation === 'get' || operation === 'head';
    if (!headers.authorization && !(isPublic && isRead)) return refusal(call, 403, 'AccessDenied');
    if (headers['x-amz-acl']) return refusal(call, 400, 'AccessControlListNotSupported');
    const isWrite = operation === 'put' || operation === 'copy' || operation === 'delete';
    if (!isRead && operation !== 'list' && this.#isTooSoon(key)) {
      return refusal(call, 429, 'TooManyRequests');
    }
    if (operation === 'copy' && this.#quirks.copies === 'refused') {
      return refusal(call, 501, 'NotImplemented');
    }
    const etag = this.objects.get(key)?.etag;
    const failure = isWrite ? conditionFailure(call, etag, this.conditions) : undefined;
    return failure && refusal(call, failure.status, failure.code);
  }

  /** Whether the key was written a moment ago; if not, that is now. */
  #isTooSoon(key: string): boolean {
    const { writePauseMs } = this.#quirks;
    if (writePauseMs === undefined) return false;
    const now = performance.now();
    if (now - (this.#lastWrites.get(key) ?? Number.NEGATIVE_INFINITY) < writePauseMs) return true;
    this.#lastWrites.set(key, now);
    return false;
  }

  #read(call: S3Call): Response {
    const object = this.objects.get(call.key);
    if (!object) return this.#missing(call);
    const headers = new Headers({
      'content-length': String(object.bytes.byteLength),
      'content-type': object.contentType,
      etag: etagIn('read', object.etag, this.#quirks),
      'last-modified': object.lastModified.toUTCString(),
    });
    if (object.cacheControl) headers.set('cache-control', object.cacheControl);
    if (object.expiresAt) {
      const date = object.expiresAt.toUTCString();
      headers.set('x-amz-expiration', `expiry-date="${date}", rule-id="expire"`);
    }
    if (object.crc32 && call.headers['x-amz-checksum-mode'] === 'ENABLED') {
      headers.set('x-amz-checksum-crc32', object.crc32);
    }
    for (const [name, value] of Object.entries(object.metadata)) {
      headers.set(`x-amz-meta-${name}`, value);
    }
    return new Response(call.operation === 'head' ? null : object.bytes.slice(), { headers });
  }

  /** Whoever may not list is not told what is missing. */
  #missing(call: S3Call): Response {
    if (!call.headers.authorization) return refusal(call, 403, 'AccessDenied');
    const { missingCode: code = 'NoSuchKey' } = this.#quirks;
    return code === '' ? new Response(null, { status: 404 }) : refusal(call, 404, code);
  }

  #put(call: S3Call, body: Uint8Array): Response {
    if (call.headers['content-encoding']?.includes('aws-chunked')) {
      return refusal(call, 501, 'NotImplemented');
    }
    const sent = call.headers['x-amz-checksum-crc32'];
    if (sent !== undefined && sent !== crc32Of(body)) return refusal(call, 400, 'BadDigest');
    const { etag } = this.#write(call.key, body, labelsFrom(call), sent);
    return new Response(null, { headers: { etag: etagIn('write', etag, this.#quirks) } });
  }

  #copy(call: S3Call): Response {
    const source = decodeURIComponent(call.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
    const slash = source.indexOf('/');
    if (source.slice(0, slash) !== this.bucket) return refusal(call, 404, 'NoSuchBucket');
    const object = this.objects.get(source.slice(slash + 1));
    if (!object) return this.#missing(call);
    const replaces =
      call.headers['x-amz-metadata-directive'] === 'REPLACE' &&
      this.#quirks.copies !== 'keeps-labels';
    const labels = replaces ? labelsFrom(call) : object;
    const { etag, lastModified } = this.#write(call.key, object.bytes, labels, object.crc32);
    return xml(
      `<CopyObjectResult><ETag>${etagIn('write', etag, this.#quirks).replaceAll('"', '&quot;')}</ETag>` +
        `<LastModified>${lastModified.toISOString()}</LastModified></CopyObjectResult>`,
    );
  }

  #list(call: S3Call): Response {
    if (call.query.get('list-type') !== '2') return refusal(call, 501, 'NotImplemented');
    const query: ListQuery = {
      prefix: call.key,
      delimiter: call.query.get('delimiter') ?? undefined,
      startAfter: this.#quirks.ignoresStartAfter
        ? undefined
        : (call.query.get('start-after') ?? undefined),
      token: call.query.get('continuation-token') ?? undefined,
      maxKeys: Math.min(1000, Number(call.query.get('max-keys') ?? 1000)),
      isEncoded: this.#quirks.encodesKeys,
      isTerse: this.#quirks.terseListings,
    };
    return xml(listingXml(this.bucket, this.listingLag.listed(), query));
  }

  #write(
    key: string,
    bytes: Uint8Array,
    { contentType, cacheControl, metadata = {} }: ObjectLabels,
    checksum?: string,
  ): S3Object {
    const object: S3Object = {
      bytes: bytes.slice(),
      contentType,
      metadata: { ...metadata },
      etag: etagFor(createHash('md5').update(bytes).digest('hex'), this.#quirks),
      lastModified: new Date(),
    };
    if (cacheControl !== undefined) object.cacheControl = cacheControl;
    if (checksum !== undefined) object.crc32 = checksum;
    this.listingLag.note(key);
    this.objects.set(key, object);
    return object;
  }
}

function parseCall(request: Request, bucket: string): S3Call {
  const { hostname, pathname, searchParams: query } = new URL(request.url);
  const path = decodeURIComponent(pathname.slice(1));
  // `{bucket}.s3.{region}.amazonaws.com`, and `{bucket}.` before any other host.
  const hosted =
    /^(.+)\.s3[.-]/.exec(hostname)?.[1] ?? (hostname.startsWith(`${bucket}.`) && bucket);
  const slash = path.includes('/') ? path.indexOf('/') : path.length;
  const place = hosted
    ? { bucket: hosted, key: path }
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  const headers = Object.fromEntries(request.headers);
  const call = { method: request.method, headers, query, bucket: place.bucket };
  if (request.method === 'GET' && place.key === '') {
    return { ...call, operation: 'list', key: query.get('prefix') ?? '' };
  }
  return { ...call, operation: operationOf(request), key: place.key };
}

function operationOf(request: Request): S3Operation {
  switch (request.method) {
    case 'HEAD':
      return 'head';
    case 'GET':
      return 'get';
    case 'PUT':
      return request.headers.has('x-amz-copy-source') ? 'copy' : 'put';
    case 'DELETE':
      return 'delete';
    default:
      throw new Error(`The S3 stand-in knows no ${request.method} ${request.url}`);
  }
}

function matches({ operation, key }: S3CallPattern, call: S3Call): boolean {
  if (operation !== undefined && operation !== call.operation) return false;
  if (key === undefined) return true;
  return typeof key === 'string' ? key === call.key : key.test(call.key);
}

function labelsFrom({ headers }: S3Call): ObjectLabels {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = value;
  }
  const labels: ObjectLabels = {
    contentType: headers['content-type'] ?? 'binary/octet-stream',
    metadata,
  };
  const cacheControl = headers['cache-control'];
  if (cacheControl !== undefined) labels.cacheControl = cacheControl;
  return labels;
}

function refusal(call: S3Call, status: number, code: string): Response {
  if (call.operation === 'head') return new Response(null, { status });
  return xml(
    `<Error><Code>${code}</Code><Message>${code} of the stand-in</Message></Error>`,
    status,
  );
}

function xml(body: string, status = 200): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    status,
    headers: { 'content-type': 'application/xml' },
  });
}

function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
