/** Why a model is unavailable. */
export type ModelRefusal =
  /** It does not exist, or no longer exists. */
  | 'gone'
  /** It exists, but this key may not use it (yet). */
  | 'not_allowed';

/** An error response of the server. */
export interface RefusingAnswer {
  status: number;
  code: string;
  /** The parameter at fault, if the server reports one. */
  param: string | undefined;
  message: string;
}

/** Error codes about the model, in lower case and without punctuation. */
const CODES: ReadonlySet<string> = new Set([
  'deploymentnotfound',
  'invalidmodel',
  'invalidmodelname',
  'modeldecommissioned',
  'modeldeprecated',
  'modeldoesnotexist',
  'modelnotavailable',
  'modelnotfound',
  'modelnotsupported',
  'modelretired',
  'modelshutdown',
  'unknownmodel',
  'unsupportedmodel',
]);

/** A sentence about a model with one of these phrases means that the model is unavailable. */
const GONE = [
  'could not find',
  'decommissioned',
  'deprecated',
  'discontinued',
  'does not exist',
  "doesn't exist",
  'invalid model',
  'must be verified',
  'no access',
  'no available channel',
  'no endpoints',
  'no longer',
  'not a valid model',
  'not allowed to',
  'not available',
  'not exist',
  'not found',
  'not have access',
  'not supported',
  'retired',
  'shut down',
  'shutdown',
  'sunset',
  'unable to access',
  'unknown model',
];

/** A sentence with one of these words is about the request, not about the model. */
const ABOUT_THE_REQUEST: ReadonlySet<string> = new Set([
  'argument',
  'aspect',
  'background',
  'dimensions',
  'endpoint',
  'field',
  'format',
  'height',
  'input',
  'moderation',
  'n',
  'output_format',
  'parameter',
  'parameters',
  'prompt',
  'quality',
  'ratio',
  'resolution',
  'seed',
  'size',
  'sizes',
  'style',
  'transparency',
  'transparent',
  'url',
  'width',
]);

/** Longer messages are truncated. */
const MAX_CHARACTERS = 2000;
const STATUSES: ReadonlySet<number> = new Set([400, 403, 404, 410, 422]);

/**
 * Whether an error response is about the model, so that another model may work. `undefined` for other
 * errors: about the key, the URL, the prompt or a parameter.
 */
export function modelRefusalIn(answer: RefusingAnswer, model: string): ModelRefusal | undefined {
  const { status, code, param } = answer;
  if (status === 401) return undefined;
  if (CODES.has(lettersOf(code))) return isForNow(answer) ? 'not_allowed' : 'gone';
  if (!STATUSES.has(status)) return undefined;
  const sentences = sentencesOf(answer.message, model);
  if (param !== 'model' && status !== 410) {
    if (param || !sentences.some(saysModelIsGone)) return undefined;
  }
  if (status === 410 && sentences.some(isAboutAddress)) return undefined;
  return isForNow(answer) ? 'not_allowed' : 'gone';
}

/** The reason of a call that all models have refused. */
export function reasonOfAll(refusals: Iterable<ModelRefusal>): string {
  return [...refusals].includes('not_allowed') ? 'access_refused' : 'model_unavailable';
}

/** Whether the owner may still get access to the model. */
function isForNow({ status, message }: RefusingAnswer): boolean {
  const isUnverified = message.slice(0, MAX_CHARACTERS).includes('must be verified');
  return status === 403 || status >= 500 || isUnverified;
}

interface Sentence {
  text: string;
  words: readonly string[];
}

/** In lower case, with `model` in place of the model's name, which may contain any of the words. */
function sentencesOf(message: string, model: string): Sentence[] {
  const text = message.slice(0, MAX_CHARACTERS).toLowerCase();
  return text
    .replaceAll(model.toLowerCase(), 'model')
    .split(/[.;!?]\s|\n/)
    .map((sentence) => ({ text: sentence, words: sentence.split(/[^a-z0-9_./]/) }));
}

function saysModelIsGone({ text, words }: Sentence): boolean {
  const isAboutModel = words.some(
    (word) =>
      word === 'model' || word === 'model.' || word === 'deployment' || word.startsWith('models/'),
  );
  return (
    isAboutModel &&
    GONE.some((words) => text.includes(words)) &&
    !words.some((word) => ABOUT_THE_REQUEST.has(word))
  );
}

function isAboutAddress({ words }: Sentence): boolean {
  return ['endpoint', 'url', 'route', 'path'].some((word) => words.includes(word));
}

function lettersOf(code: string): string {
  return code
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
}
