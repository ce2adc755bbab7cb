import { shutdownOf } from '../../../adapters/image-generator/model-shutdowns.ts';
import { askForModel, type ModelAccess } from '../../../adapters/image-generator/openai-access.ts';
import { DAY_MS } from '../../../domain/day.ts';
import type { Check, ConfigOf } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

type OpenAiConfig = ConfigOf<'generator', 'openai'>;

/** Days before a model's end from which it is worth a warning. */
const SOON_DAYS = 60;

/** Whether the key is good, and for which of the models. It buys nothing. */
export function openAiModels({ generator }: OpenAiConfig): Check {
  const { model, fallbackModels } = generator;
  return {
    name: 'openai',
    async run({ signal }) {
      const models = [...new Set([model, ...fallbackModels])];
      const answers = await Promise.all(models.map((one) => askForModel(generator, one, signal)));
      const first = answers[0];
      if (first && isAboutAll(first)) return [onAll(first, generator.baseUrl)];
      const usable = models.find((_, at) => answers[at]?.kind === 'known');
      return answers.map((answer, at) => onModel(answer, models[at] ?? model, at === 0, usable));
    },
  };
}

/** Whether the models are to be had for some time yet. */
export function modelShutdowns({ generator }: OpenAiConfig): Check {
  const { model, fallbackModels } = generator;
  const next = fallbackModels.find((one) => one !== model && !shutdownOf(one)) ?? 'gpt-image-2';
  return {
    name: 'model-shutdown',
    async run({ clock }) {
      const end = shutdownOf(model);
      if (!end) return [ok(`No end of ${model} was announced as this release was made.`)];
      const days = Math.ceil((Date.parse(end) - clock.now()) / DAY_MS);
      const isFollowed = fallbackModels.includes(next);
      const remedy = `Set OPENAI_IMAGE_MODEL=${next}, and look at docs/deploy.md for what it costs.`;
      const follows = isFollowed
        ? `${next} follows it by itself, at its own price.`
        : 'No other model follows it in OPENAI_IMAGE_MODEL_FALLBACKS: there will be no pictures.';
      if (days > SOON_DAYS) return [ok(`OpenAI ends ${model} on ${end}. ${follows}`)];
      const message = `OpenAI ${days > 0 ? `ends ${model} in ${days} days, on ${end}` : `ended ${model} on ${end}`}. ${follows}`;
      return [days > 0 || isFollowed ? warning(message, remedy) : failure(message, remedy)];
    },
  };
}

function isAboutAll({ kind }: ModelAccess): boolean {
  return kind === 'key_refused' || kind === 'unreachable' || kind === 'unclear';
}

function onAll(answer: ModelAccess, baseUrl: string | undefined): Verdict {
  const where = baseUrl ?? 'OpenAI';
  if (answer.kind === 'key_refused') {
    return failure(
      `${where} does not accept OPENAI_API_KEY.`,
      'Make a new key at platform.openai.com/api-keys, and set it whole and without blanks.',
    );
  }
  if (answer.kind === 'unclear') {
    return skipped(
      `It could not be checked, because ${where} answered with ${answer.status}.`,
      'Run the doctor again later; status.openai.com tells of troubles.',
    );
  }
  return failure(
    `No answer came from ${where} (${answer.kind === 'unreachable' ? answer.code : answer.kind}).`,
    baseUrl
      ? 'Mend OPENAI_BASE_URL, or leave it out for OpenAI itself.'
      : 'Let this machine reach api.openai.com through its firewall or proxy.',
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
      `The key knows ${model}. Whether the organisation is verified to use it shows with the first picture.`,
    );
  }
  if (kind === 'forbidden') {
    return failure(
      `The key may not use ${model}: its permissions, its project or an organisation that is not verified stand against it.`,
      'Verify the organisation at platform.openai.com/settings/organization/general, and allow the key models and images.',
    );
  }
  const message = `${model} is not there for this key.`;
  const remedy = `Mend ${isFirst ? 'OPENAI_IMAGE_MODEL' : 'OPENAI_IMAGE_MODEL_FALLBACKS'}, or allow the model to the key's project at platform.openai.com.`;
  if (usable === undefined) return failure(`${message} There will be no pictures.`, remedy);
  return warning(isFirst ? `${message} ${usable} is used in its place.` : message, remedy);
}
