/** A way for a stand-in to misbehave. */
export type Fault =
  /** Answers with an error instead of doing anything; `code` as the service names it. */
  | { kind: 'status'; status: number; code?: string; headers?: Record<string, string> }
  /** Answers late. */
  | { kind: 'delay'; ms: number }
  /** Answers only then; `afterwards` with what was asked done at once, else done then. */
  | { kind: 'wait'; until: Promise<unknown>; afterwards?: boolean }
  /** Answers as usual, and then does what was asked once more, as a request that arrives twice. */
  | { kind: 'twice'; again: Promise<unknown> }
  /** Cuts the connection, and does what was asked only later, as a request that is held up on its way. */
  | { kind: 'late'; until: Promise<unknown> }
  /** Never answers; `afterwards` only once it has done what was asked. */
  | { kind: 'hang'; afterwards?: boolean }
  /** Cuts the connection instead of answering; `afterwards` as above. */
  | { kind: 'cut'; afterwards?: boolean }
  /** Cuts the connection inside the body. */
  | { kind: 'reset'; afterBytes: number }
  /** Sends so many bytes of the body, and then nothing more. The connection stays open. */
  | { kind: 'stall'; afterBytes: number }
  /** Sends the body one byte at a time. */
  | { kind: 'drip'; everyMs: number }
  /** Answers with something else altogether. */
  | { kind: 'answer'; answer: () => Response };

/** Ends the waiting of hanging answers, so that no test leaves one behind. */
export class Hangs {
  readonly #waiting = new Set<() => void>();

  /** Waits until the client leaves or the test is over. */
  async hang(signal: AbortSignal): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener('abort', () => resolve());
    await promise;
    this.#waiting.delete(resolve);
    return Response.error();
  }

  release(): void {
    for (const resolve of this.#waiting) resolve();
  }
}

/**
 * Answers a request with a fault.
 *
 * @param work does what was asked and answers it properly
 * @param refuse words an error as the service does
 */
export async function answerWith(
  fault: Fault,
  request: Request,
  work: () => Promise<Response>,
  refuse: (status: number, code: string) => Response,
  hangs: Hangs,
): Promise<Response> {
  switch (fault.kind) {
    case 'status': {
      const response = refuse(fault.status, fault.code ?? 'InternalError');
      for (const [name, value] of Object.entries(fault.headers ?? {})) {
        response.headers.set(name, value);
      }
      return response;
    }
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return work();
    case 'wait': {
      const done = fault.afterwards ? await work() : undefined;
      await fault.until;
      return done ?? work();
    }
    case 'twice': {
      void fault.again.then(work);
      return work();
    }
    case 'late':
      void fault.until.then(work);
      return Response.error();
    case 'hang':
      if (fault.afterwards) await work();
      return hangs.hang(request.signal);
    case 'cut':
      if (fault.afterwards) await work();
      return Response.error();
    case 'reset':
      return withBody(await work(), (bytes) => bytesThenError(bytes.subarray(0, fault.afterBytes)));
    case 'stall':
      return withBody(await work(), (bytes) => bytesThenNothing(bytes.slice(0, fault.afterBytes)));
    case 'drip':
      return withBody(await work(), (bytes) => dripping(bytes, fault.everyMs));
    case 'answer':
      return fault.answer();
  }
}

/** The same answer with its body sent in another way, under the length of the whole. */
async function withBody(
  response: Response,
  send: (bytes: Uint8Array) => ReadableStream<Uint8Array>,
): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set('content-length', String(bytes.byteLength));
  return new Response(send(bytes), { status: response.status, headers });
}

function bytesThenError(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes);
        return;
      }
      // Give the first part time to arrive: an error overtakes what is still waiting to be sent.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error('The connection is reset'));
    },
  });
}

function bytesThenNothing(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(bytes) });
}

function dripping(bytes: Uint8Array, everyMs: number): ReadableStream<Uint8Array> {
  let at = 0;
  let over = false;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      if (over) return;
      if (at === bytes.byteLength) controller.close();
      else controller.enqueue(bytes.slice(at, ++at));
    },
    cancel() {
      over = true;
    },
  });
}
