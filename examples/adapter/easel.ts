import { checkedPng, PngError } from '../../src/adapters/image-generator/checked-png.ts';
import type {
  GeneratedImage,
  ImageGenerator,
  ImageRequest,
} from '../../src/domain/generation/image-generator.ts';
import { GenerationError } from '../../src/domain/kernel/errors.ts';

/** Every image costs two cents. */
const PRICE_MICRO_USD = 20_000;

/** Easel's documentation says that these are not billed. Gateways may return any other status. */
const FREE_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 422, 429]);

/** Generates images with Easel: `POST /paint` with the prompt returns a PNG. */
export class EaselImageGenerator implements ImageGenerator {
  readonly model = 'easel-1';
  readonly dearestMicroUsd = PRICE_MICRO_USD;
  readonly #options: { baseUrl: string; apiKey: string; timeoutMs: number };

  constructor(options: { baseUrl: string; apiKey: string; timeoutMs: number }) {
    this.#options = options;
  }

  async generate({ prompt, beforeCall }: ImageRequest): Promise<GeneratedImage> {
    // Another replica may have taken the page over while this one waited.
    await beforeCall?.();
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const bytes = await this.#paint(prompt, signal);
      const size = checkedPng(bytes);
      return { bytes, ...size, model: this.model, costMicroUsd: PRICE_MICRO_USD };
    } catch (cause) {
      if (cause instanceof GenerationError) throw cause;
      // Other failures may have been billed.
      if (signal.aborted) throw unknown('generation_timeout', 'deadline', cause);
      const reason = cause instanceof PngError ? cause.flaw : 'connection_lost';
      throw unknown('upstream_failed', reason, cause);
    }
  }

  async #paint(prompt: string, signal: AbortSignal): Promise<Uint8Array> {
    const { baseUrl, apiKey } = this.#options;
    const response = await fetch(`${baseUrl}/paint`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      // Do not send the seed: it names a page.
      body: JSON.stringify({ prompt }),
      redirect: 'error',
      signal,
    });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    if (!FREE_STATUSES.has(response.status)) throw unknown('upstream_failed', 'server_error');
    const reason = response.status === 401 ? 'credentials_refused' : 'request_refused';
    throw new GenerationError('upstream_failed', reason, { billing: 'refused' });
  }
}

function unknown(
  code: 'upstream_failed' | 'generation_timeout',
  reason: string,
  cause?: unknown,
): GenerationError {
  return new GenerationError(code, reason, { billing: 'unknown', cause });
}
