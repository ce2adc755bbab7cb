import { askForModel, type ModelAccess } from '../../../adapters/image-generator/openai/access.ts';
import { shutdownOf } from '../../../adapters/image-generator/openai/shutdowns.ts';
import { DAY_MS } from '../../../domain/kernel/day.ts';
import type { Check, ConfigOf } from '../check.ts';
import { failure, ok, skipped, type Verdict, warning } from '../finding.ts';

type OpenAiConfig = ConfigOf<'generator', 'openai'>;

/** Days before a model's end from which it is worth a warning. */
const SOON_DAYS = 60;
const VERIFY =
  'Verify the organization at platform.openai.com/settings/organization/general; access follows within ' +
  '15 minutes. Also allow the key models and images, and its project the model.';

/** Whether the key is good, and for which of the models, and for how long these are to be had. It buys nothing. */
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

/** The server's word on a model's end counts more than what was known as this release was made. */
function modelShutdowns(models: readonly string[], answersTo: Answers): Check {
  return {
    name: 'model-shutdown',
    async run({ clock, signal }) {
      const answers = await answersTo(signal);
      const ends = models.map((name, at) => {
        const answer = answers[at];
        const said = answer?.kind === 'known' ? answer.shutdownDate : undefined;
        const end = said && !Number.isNaN(Date.parse(said)) ? said : shutdownOf(name);
        const days = end ? Math.ceil((Date.parse(end) - clock.now()) / DAY_MS) : undefined;
        return { name, end, days: days ?? Number.POSITIVE_INFINITY };
      });
      const ending = ends.filter(({ days }) => days <= SOON_DAYS);
      if (ending.length === 0) return [ok(lastingWords(ends))];
      const painting = ends.find(({ days }) => days > 0);
      const lasting = ends.find(({ days }) => days > SOON_DAYS);
      return ending.map(({ name, end, days }) => {
        const remedy = remedyFor(name, name === models[0], lasting?.name);
        if (days > 0) {
          const follower = ends.find((other) => other.days > days)?.name;
          const message = `OpenAI ends ${name} in ${days} days, on ${end}. ${followedBy(follower)}`;
          return warning(message, remedy);
        }
        const message = `OpenAI ended ${name} on ${end}.`;
        return painting
          ? warning(
              `${message} It is passed over without a request; ${painting.name} paints.`,
              remedy,
            )
          : failure(`${message} ${followedBy(undefined)}`, remedy);
      });
    },
  };
}

function lastingWords(ends: readonly { name: string; end: string | undefined }[]): string {
  const [first] = ends;
  if (first?.end) return `OpenAI ends ${first.name} on ${first.end}; it paints until then.`;
  return `No end of ${ends.map(({ name }) => name).join(', ')} is announced.`;
}

function followedBy(follower: string | undefined): string {
  return follower
    ? `${follower} follows it by itself, at its own price.`
    : 'No other model follows it in OPENAI_IMAGE_MODEL_FALLBACKS: there will be no new images.';
}

function remedyFor(model: string, isFirst: boolean, lasting = 'gpt-image-2.6-flare'): string {
  return isFirst
    ? `Set OPENAI_IMAGE_MODEL=${lasting}, and look at docs/costs.md for what it costs.`
    : `Take ${model} out of OPENAI_IMAGE_MODEL_FALLBACKS.`;
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
      `The key knows ${model}. Whether the organization is verified to use it shows with the first image: ` +
        'if it is not, OpenAI answers 403 and the next model is asked.',
    );
  }
  if (kind === 'forbidden') {
    const message = `The key may not use ${model}: its permissions, its project or an organization that is not verified stand against it.`;
    if (usable === undefined) return failure(message, VERIFY);
    return warning(`${message} ${usable} is used in its place.`, VERIFY);
  }
  const message = `${model} is not there for this key.`;
  const remedy = `Mend ${isFirst ? 'OPENAI_IMAGE_MODEL' : 'OPENAI_IMAGE_MODEL_FALLBACKS'}, or allow the model to the key's project at platform.openai.com.`;
  if (usable === undefined) return failure(`${message} There will be no new images.`, remedy);
  return warning(isFirst ? `${message} ${usable} is used in its place.` : message, remedy);
}
