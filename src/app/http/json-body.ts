import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { handedOver } from './handed-over.ts';
import { Refusal } from './refusal.ts';

/**
 * In bytes: a path has at most 1,024, and the rest of a request a few dozen. Some routes accept
 * more.
 */
export const BODY_LIMIT = 4096;

/**
 * The JSON of a request.
 *
 * @throws Refusal for another content type, a body over the limit, broken UTF-8 or broken JSON.
 *   Node discards the rest of an oversized body until its request timeout.
 */
export async function jsonBody(request: IncomingMessage, limit = BODY_LIMIT): Promise<unknown> {
  const { 'content-type': contentType, 'content-encoding': encoding } = request.headers;
  if (!isJson(contentType) || (encoding !== undefined && encoding !== 'identity')) {
    throw new Refusal('unsupported_media_type', 'Send JSON with Content-Type: application/json.');
  }
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit);
  return parseJson(handedOver(request)?.bytes ?? (await readAll(request, limit)));
}

/** @throws Refusal for broken UTF-8 or broken JSON */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes));
  } catch {
    throw new Refusal('invalid_json', 'The body is not valid JSON in UTF-8.');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** `application/json`, with no parameter except `charset=utf-8`. */
function isJson(contentType = ''): boolean {
  const parts = contentType.split(';', 4).map((part) => part.trim().toLowerCase());
  const [type, parameter = '', afterwards = ''] = parts;
  if (type !== 'application/json' || afterwards !== '' || parts.length > 3) return false;
  if (parameter === '') return true;
  const [name, value] = parameter.split('=', 2).map((part) => part.trim());
  return name === 'charset' && (value === 'utf-8' || value === '"utf-8"');
}

function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(tooLarge(limit));
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => reject(cutOff()));
    request.once('close', () => reject(cutOff()));
  });
}

function tooLarge(limit: number): Refusal {
  return new Refusal('body_too_large', `The body must not be larger than ${limit} bytes.`);
}

/** Ends the handling of an aborted request. The client is gone, so the text is never read. */
function cutOff(): Refusal {
  return new Refusal('invalid_json', 'The request body is incomplete.');
}
