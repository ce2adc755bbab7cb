import { http } from 'msw';
import { setupServer } from 'msw/node';
import { SystemClock } from '../../src/adapters/clock/system.ts';
import { BreakingImageGenerator } from '../../src/adapters/image-generator/breaking.ts';
import { OpenAiImageGenerator } from '../../src/adapters/image-generator/openai.ts';
import { SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import { hang, networkError, refusal } from '../support/openai-answers.ts';
import { OpenAiStandIn } from '../support/openai-stand-in.ts';
import {
  imageGeneratorContract,
  remoteImageGeneratorContract,
} from './image-generator.contract.ts';

/** Every adapter that honours the contract. */

imageGeneratorContract('SketchImageGenerator', () => ({ generator: new SketchImageGenerator() }));

imageGeneratorContract('BreakingImageGenerator', () => ({
  generator: new BreakingImageGenerator(
    new SketchImageGenerator(),
    { pausedMs: () => undefined, run: (call) => call() },
    { succeeded: () => {} },
    { succeeded: () => {}, failed: () => {} },
  ),
}));

remoteImageGeneratorContract('OpenAiImageGenerator', () => {
  const standIn = new OpenAiStandIn({ models: ['gpt-image-2'] });
  const server = setupServer(
    http.all('https://api.openai.com/*', ({ request }) => standIn.handle(request)),
  );
  server.listen({ onUnhandledFrame: 'error' });
  const timeoutMs = 1000;
  return {
    generator: new OpenAiImageGenerator({
      apiKey: 'sk-test',
      model: 'gpt-image-2',
      fallbackModels: ['gpt-image-2.5-flare'],
      quality: 'medium',
      size: '1024x1024',
      background: 'auto',
      timeoutMs,
      clock: new SystemClock(),
    }),
    sent: () => standIn.journal.map((entry) => JSON.stringify(entry)),
    refuseNext: () => standIn.answerNext(refusal(401, { message: 'Incorrect API key.' })),
    loseNext: () => standIn.answerNext(networkError()),
    hangNext: () => standIn.answerNext(hang()),
    timeoutMs,
    close: () => server.close(),
  };
});
