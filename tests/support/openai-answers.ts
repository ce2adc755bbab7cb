import {
  type ApiError,
  errorAnswer,
  pause,
  pictureAnswer,
  type ScriptedAnswer,
} from './openai-stand-in.ts';

/** Ready answers for `OpenAiStandIn.answerNext`. */

const CHUNK_BYTES = 64 * 1024;

/** An error of the API's, with headers such as `retry-after`. */
export function refusal(
  status: number,
  error: ApiError,
  headers: Record<string, string> = {},
): ScriptedAnswer {
  return () => errorAnswer(status, error, headers);
}

/** Any JSON, with status 200 if no other is given. */
export function json(body: unknown, init: ResponseInit = {}): ScriptedAnswer {
  return () => Response.json(body, init);
}

/** Any text. */
export function text(body: string, init: ResponseInit = {}): ScriptedAnswer {
  return () => new Response(body, init);
}

/** Never answers; ends when the caller has gone. */
export function hang(): ScriptedAnswer {
  return ({ request: { signal } }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(Response.error()));
    });
}

/** The connection breaks after the request was taken. */
export function networkError(): ScriptedAnswer {
  return () => Response.error();
}

/** A success whose picture is these bytes, whatever they are. */
export function bytesForPicture(bytes: Uint8Array): ScriptedAnswer {
  return ({ entry }) => Response.json(pictureAnswer(bytes, entry.body));
}

/** A success whose base64 is changed on the way, such as cut off. */
export function changedBase64(change: (base64: string) => string): ScriptedAnswer {
  return async ({ usual }) => {
    const answer = (await usual().json()) as { data: [{ b64_json: string }] };
    answer.data[0].b64_json = change(answer.data[0].b64_json);
    return Response.json(answer);
  };
}

/**
 * The usual answer, slowly: a few bytes at a time. Behind msw let it come to its end: a `fetch` that
 * is aborted within a body fails an assertion there, which it does not on a real socket.
 */
export function drip(everyMs: number, bytesEach = 16): ScriptedAnswer {
  return async ({ usual, request: { signal } }) => {
    const bytes = new Uint8Array(await usual().arrayBuffer());
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await pause(everyMs, signal);
        if (signal.aborted) return controller.error(signal.reason);
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + bytesEach));
        at += bytesEach;
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  };
}

/** Starts like a success and goes on for this many bytes of base64, made as they are read. */
export function hugeBody(
  bytes: number,
  { status = 200, onSent }: { status?: number; onSent?: (total: number) => void } = {},
): ScriptedAnswer {
  return () => {
    const filler = new Uint8Array(CHUNK_BYTES).fill(0x41);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"data":[{"b64_json":"'));
      },
      pull: (controller) => {
        if (sent >= bytes) {
          controller.enqueue(new TextEncoder().encode('"}]}'));
          controller.close();
          return;
        }
        controller.enqueue(filler.slice());
        sent += filler.length;
        onSent?.(sent);
      },
    });
    return new Response(body, { status, headers: { 'content-type': 'application/json' } });
  };
}
