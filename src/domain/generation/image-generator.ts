import type { GenerationError } from '../kernel/errors.ts';

/** One image to generate. */
export interface ImageRequest {
  /** The prompt for the model. */
  prompt: string;
  /**
   * Unique per generation. A generator that draws by itself varies its image by the seed; one that
   * calls a model never sends it.
   */
  seed: string;
  /**
   * Millionths of a US dollar reserved for the call. The generator sends no call that may cost
   * more.
   */
  reservedMicroUsd: number;
  /**
   * Await it before every call that may be billed, including retries. If it rejects, the call is
   * not made and `generate` rejects with the same error.
   */
  beforeCall?: () => Promise<void>;
}

export interface GeneratedImage {
  /** A complete, valid PNG. */
  bytes: Uint8Array;
  /** Pixels. */
  width: number;
  height: number;
  /** The model that made it. */
  model: string;
  /** Millionths of a US dollar, from the provider's usage report or the price table. */
  costMicroUsd: number;
  /** Billed tokens, if the provider reports them. */
  tokens?: { input: number; output: number };
}

/** One of the models that a generator tries in order. */
export interface ChainedModel {
  name: string;
  /**
   * The UTC day from which the model is unavailable, as `YYYY-MM-DD`; `undefined` if none is known.
   */
  endsOn: string | undefined;
  state: /** In use. */
    | 'first'
    /** Used if the earlier models are unavailable. */
    | 'next'
    /** Past its shutdown day. */
    | 'ended'
    /** The provider refused it recently. */
    | 'refused';
}

/**
 * Generates images, usually for money.
 *
 * `generate` resolves with a validated PNG or throws a `GenerationError` that states the cost of
 * the failure: `refused` only if the provider provably did not accept the job, otherwise `unknown`.
 * It ends within the adapter's configured timeout. If an image has begun to arrive by then, it is
 * paid for, and the adapter's own limits apply instead. Any response that can be converted to a PNG
 * is kept. The generator never makes a second call after one that may have been billed.
 */
export interface ImageGenerator {
  /** The model that is called first. */
  readonly model: string;
  /** Millionths of a US dollar: the maximum cost of one call with the current settings. */
  readonly dearestMicroUsd: number;

  generate(request: ImageRequest): Promise<GeneratedImage>;

  /**
   * The error with which a call would be refused now without being sent. Then no budget needs to be
   * reserved. `undefined` if it would be sent. Absent if this is never known in advance.
   */
  refusal?(): GenerationError | undefined;

  /** The models in the order in which they are tried. Absent if there is only one. */
  models?(): readonly ChainedModel[];

  /** Loads which models an earlier process found unavailable. Never throws. */
  recallModels?(): Promise<void>;

  /**
   * Asks the provider for the announced shutdown day of each model. Free, and independent of image
   * calls. Never throws: missing information changes nothing.
   */
  lookUpModels?(signal: AbortSignal): Promise<void>;
}
