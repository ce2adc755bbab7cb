export class OversizedAnswer extends Error {
  override readonly name = 'OversizedAnswer';

  constructor(limit: number) {
    super(`the response is larger than ${limit} bytes`);
  }
}

/**
 * Creates a `fetch` that limits the size of responses: reading a longer one fails with `OversizedAnswer`
 * and closes the connection.
 *
 * It looks up `globalThis.fetch` at each call, so that it can be replaced. Redirects are not followed: a
 * paid request must only go to the configured server.
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
