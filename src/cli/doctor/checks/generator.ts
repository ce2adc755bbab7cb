import { askForModel, type ModelAccess } from '../../../adapters/image-generator/openai/access.ts';
import { shutdownOf } from '../../../adapters/image-generator/openai/shutdowns.ts';
import { DAY_MS } from '../../../domain/kernel/day.ts';
import type { Check, ConfigOf } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

type OpenAiConfig = ConfigOf<'generator', 'openai'>;

/** A model's shutdown is a warning from this many days before. */
const SOON_DAYS = 60;
const VERIFY =
  'Verify the organization at platform.openai.com/settings/organization/general; this takes up to ' +
  '15 minutes. Also allow models and images for the key, and the model for its project.';

/** Checks the key, the models and their shutdown dates. Generates no image, so it costs nothing. */
export function openAiChecks(config: OpenAiConfig): Check[] {
  const { model, fallbackModels } = config.generator;
  const models = [...new Set([model, ...fallbackModels])];
  let asked: Promise<ModelAccess[]> | undefined;
  const answers = (signal: AbortSignal) => {
    asked ??= Promise.all(models.map((one) => askForModel(config.generator, one, signal)));
    return asked;
  };
  return [openAiModels(config, models, answers), modelShutdowns(models, answers)];
}

type Answers = (signal: AbortSignal) => Promise<readonly ModelAccess[]>;

function openAiModels(
  { generator }: OpenAiConfig,
  models: readonly string[],
  answersTo: Answers,
): Check {
  return {
    name: 'openai',
    async run({ signal }) {
      const answers = await answersTo(signal);
      const first = answers[0];
      if (first && isAboutAll(first)) return [onAll(first, generator.baseUrl)];
      const usable = models.find((_, at) => answers[at]?.kind === 'known');
      return answers.map((answer, at) =>
        onModel(answer, models[at] ?? generator.model, at === 0, usable),
      );
    },
  };
}

/** A date that the server reports wins over the dates known to this release. */
function modelShutdowns(models: readonly string[], answersTo: Answers): Check {
  return {
    name: 'model-shutdown',
    async run({ clock, signal }) {
      const answers = await answersTo(signal);
      const ends = models.map((name, at) => {
        const answer = answers[at];
        const reported = answer?.kind === 'known' ? answer.shutdownDate : undefined;
        const end = reported && !Number.isNaN(Date.parse(reported)) ? reported : shutdownOf(name);
        const days = end ? Math.ceil((Date.parse(end) - clock.now()) / DAY_MS) : undefined;
        return { name, end, days: days ?? Number.POSITIVE_INFINITY };
      });
      const ending = ends.filter(({ days }) => days <= SOON_DAYS);
      if (ending.length === 0) return [ok(lastingWords(ends))];
      const inUse = ends.find(({ days }) => days > 0);
      const lasting = ends.find(({ days }) => days > SOON_DAYS);
      return ending.map(({ name, end, days }) => {
        const remedy = remedyFor(name, name === models[0], lasting?.name);
        if (days > 0) {
          const follower = ends.find((other) => other.days > days)?.name;
          const message = `OpenAI shuts down ${name} in ${days} days, on ${end}. ${followedBy(follower)}`;
          return warning(message, remedy);
        }
        const message = `OpenAI shut down ${name} on ${end}.`;
        return inUse
          ? warning(`${message} The service skips it and uses ${inUse.name}.`, remedy)
          : failure(`${message} ${followedBy(undefined)}`, remedy);
      });
    },
  };
}

function lastingWords(ends: readonly { name: string; end: string | undefined }[]): string {
  const [first] = ends;
  if (first?.end) return `OpenAI shuts down ${first.name} on ${first.end}.`;
  return `OpenAI has announced no shutdown of ${ends.map(({ name }) => name).join(', ')}.`;
}

function followedBy(follower: string | undefined): string {
  return follower
    ? `The service then switches to ${follower}, which has its own price.`
    : 'OPENAI_IMAGE_MODEL_FALLBACKS lists no other model, so there will be no new pictures.';
}

function remedyFor(model: string, isFirst: boolean, lasting = 'gpt-image-2.6-flare'): string {
  return isFirst
    ? `Set OPENAI_IMAGE_MODEL=${lasting}. See docs/costs.md for its price.`
    : `Remove ${model} from OPENAI_IMAGE_MODEL_FALLBACKS.`;
}

function isAboutAll({ kind }: ModelAccess): boolean {
  return kind === 'key_refused' || kind === 'unreachable' || kind === 'unclear';
}

function onAll(answer: ModelAccess, baseUrl: string | undefined): Verdict {
  const where = baseUrl ?? 'OpenAI';
  if (answer.kind === 'key_refused') {
    return failure(
      `${where} does not accept OPENAI_API_KEY.`,
      'Create a new key at platform.openai.com/api-keys. Copy all of it, without spaces.',
    );
  }
  if (answer.kind === 'unclear') {
    return skipped(
      `This could not be checked, because ${where} returned ${answer.status}.`,
      'Run the doctor again later. status.openai.com lists current incidents.',
    );
  }
  return failure(
    `${where} does not respond (${answer.kind === 'unreachable' ? answer.code : answer.kind}).`,
    baseUrl
      ? 'Correct OPENAI_BASE_URL, or unset it to use OpenAI.'
      : 'Allow connections to api.openai.com in the firewall or proxy.',
  );
}

function onModel(
  { kind }: ModelAccess,
  model: string,
  isFirst: boolean,
  usable: string | undefined,
): Verdict {
  if (kind === 'known') {
    return ok(
      `The key has access to ${model}. If OpenAI requires a verified organization, the first request ` +
        'returns 403, and the service switches to the next model.',
    );
  }
  if (kind === 'forbidden') {
    const message = `The key may not use ${model}. Either its permissions or project forbid it, or the organization is not verified.`;
    if (usable === undefined) return failure(message, VERIFY);
    return warning(`${message} The service uses ${usable} instead.`, VERIFY);
  }
  const message = `${model} does not exist for this key.`;
  const remedy = `Correct ${isFirst ? 'OPENAI_IMAGE_MODEL' : 'OPENAI_IMAGE_MODEL_FALLBACKS'}, or allow the model in the key's project at platform.openai.com.`;
  if (usable === undefined) return failure(`${message} There will be no new pictures.`, remedy);
  return warning(isFirst ? `${message} The service uses ${usable} instead.` : message, remedy);
}
