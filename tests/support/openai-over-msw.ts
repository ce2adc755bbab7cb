import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import {
  OpenAiImageGenerator,
  type OpenAiImageGeneratorOptions,
} from '../../src/adapters/image-generator/openai.ts';
import type { GeneratedImage } from '../../src/domain/generation/image-generator.ts';
import { GenerationError } from '../../src/domain/kernel/errors.ts';
import { OpenAiStandIn, type OpenAiStandInOptions } from './openai-stand-in.ts';

export const API_KEY = 'sk-canary-7f3a91';
/** A request with more set aside than any picture costs. */
export const ASKED = {
  prompt: 'Paint a random dish popular in Peru.',
  seed: 'secret-seed',
  reservedMicroUsd: 1_000_000,
};

export interface Notice {
  message: string;
  details: Record<string, unknown>;
}

/**
 * The real SDK with a stand-in for OpenAI behind it, for the tests of one file. Any other address
 * is an error.
 */
export function openAiOverMsw(options: OpenAiStandInOptions = {}) {
  const standIn = new OpenAiStandIn(options);
  const server = setupServer(
    http.all('https://api.openai.com/*', ({ request }) => standIn.handle(request)),
  );
  const notices: Notice[] = [];
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));

  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  beforeEach(() => {
    standIn.reset();
    notices.length = 0;
  });
  afterAll(() => server.close());

  return {
    standIn,
    server,
    notices,
    clock,
    /** The bodies that were sent, in order. */
    sent: () => standIn.journal.map(({ body }) => body as Record<string, unknown>),
    generatorWith: (changed: Partial<OpenAiImageGeneratorOptions> = {}) =>
      new OpenAiImageGenerator({
        apiKey: API_KEY,
        model: 'gpt-image-1.5',
        fallbackModels: [],
        quality: 'medium',
        size: '1024x1024',
        background: 'auto',
        timeoutMs: 60_000,
        clock,
        notice: (message, details) => notices.push({ message, details }),
        ...changed,
      }),
  };
}

/** The error that a call ends with; a call that brings a picture fails the test. */
export async function failureOf(made: Promise<GeneratedImage>): Promise<GenerationError> {
  const error = await made.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GenerationError);
  return error as GenerationError;
}
