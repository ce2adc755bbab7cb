/** An answer with more bytes than a picture can need. */
export class OversizedAnswer extends Error {
  override readonly name = 'OversizedAnswer';

  constructor(limit: number) {
    super(`the answer has more than ${limit} bytes`);
  }
}

/**
 * A `fetch` whose answers have a limit in bytes, enforced while they arrive: reading one that is
 * longer fails with `OversizedAnswer` and closes the connection.
 *
 * `globalThis.fetch` is looked up at each call, so that whoever replaces it later is heard. The
 * caller's signal goes along and ends the body as well as the headers. Redirects are not followed:
 * a paid request goes to the server that was configured, or nowhere.
 *
 * @param onSend called just before anything is sent
 */
export function boundedFetch(limit: number, onSend: () => void): typeof globalThis.fetch {
  return async (input, init) => {
    onSend();
    const response = await globalThis.fetch(input, { ...init, redirect: 'manual' });
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter(limit)), { status, statusText, headers });
  };
}

function counter(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total > limit) controller.error(new OversizedAnswer(limit));
      else controller.enqueue(chunk);
    },
  });
}
