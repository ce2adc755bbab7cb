import type { GenerationError } from '../kernel/errors.ts';

/** One picture to be made. */
export interface ImageRequest {
  /** The words for the model. */
  prompt: string;
  /**
   * Another one for every generation. A generator that draws by itself varies its picture by it; one
   * that calls a model never sends it anywhere.
   */
  seed: string;
  /** Millionths of a US dollar set aside for the call; nothing is sent that may cost more. */
  reservedMicroUsd: number;
  /**
   * To be awaited right before every call that may be billed, repeated ones included. Where it rejects,
   * the call is not made and `generate` rejects with the same error.
   */
  beforeCall?: () => Promise<void>;
}

export interface GeneratedImage {
  /** A whole, valid PNG. */
  bytes: Uint8Array;
  /** Pixels. */
  width: number;
  height: number;
  /** The model that really made it. */
  model: string;
  /** Millionths of a US dollar, from the provider's usage report or the price table. */
  costMicroUsd: number;
  /** Tokens billed, where the provider reports them. */
  tokens?: { input: number; output: number };
}

/** One of the models that a generator asks in order. */
export interface ChainedModel {
  name: string;
  /** The UTC day from which it is not to be had any more, as `YYYY-MM-DD`; `undefined` if none is known. */
  endsOn: string | undefined;
  state: /** Paints now. */
    | 'first'
    /** Follows when those before it cannot be had. */
    | 'next'
    /** Its day has come. */
    | 'ended'
    /** Its server refused it lately. */
    | 'refused';
}

/**
 * Makes pictures, usually for money.
 *
 * `generate` resolves with a checked PNG or throws a `GenerationError` that says what the failure
 * cost: `refused` only where the provider provably did not take the job, else `unknown`. It ends
 * within the adapter's configured time, or within bounds of its own where a picture has begun to arrive by
 * then, which is paid for. Whatever comes is kept if it can be made a PNG. It never makes a second call
 * after one that may have been billed.
 */
export interface ImageGenerator {
  /** The model asked first. */
  readonly model: string;
  /** Millionths of a US dollar: the most one call can cost with the current settings. */
  readonly dearestMicroUsd: number;

  generate(request: ImageRequest): Promise<GeneratedImage>;

  /**
   * What a call would be refused with just now without being sent, so that nothing need be reserved
   * for it; `undefined` where it would be sent. Absent where that is never known beforehand.
   */
  refusal?(): GenerationError | undefined;

  /** The models it knows, in the order in which they are asked. Absent where there is but one. */
  models?(): readonly ChainedModel[];

  /** Takes up which models an earlier process found gone. Never throws. */
  recallModels?(): Promise<void>;

  /**
   * Asks the server which end it has announced for each of the models. Free, and beside all calls.
   * Never throws: what is not said changes nothing.
   */
  lookUpModels?(signal: AbortSignal): Promise<void>;
}
