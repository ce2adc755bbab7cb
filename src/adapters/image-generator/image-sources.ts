/** Where an answer says that its picture is. */
export type ImageSource = { kind: 'base64'; text: string } | { kind: 'url'; url: string };

/**
 * The names under which servers put a picture, or what holds one, the surest first: OpenAI's `data` and
 * `b64_json`; `images` of SiliconFlow, fal and Stable Diffusion's web UI; `output` of Replicate; `artifacts`
 * and `base64` of Stability; `predictions` and `bytesBase64Encoded` of Vertex; `result` and `image` of
 * Cloudflare; `choices`, `message` and `image_url` of OpenRouter.
 */
const NAMES = [
  'b64_json',
  'bytesBase64Encoded',
  'base64',
  'b64',
  'image_base64',
  'image',
  'url',
  'image_url',
  'data',
  'images',
  'output',
  'artifacts',
  'predictions',
  'result',
  'choices',
  'message',
] as const;
/** What is a text for people where it is a text. */
const PROSE: ReadonlySet<string> = new Set(['choices', 'message']);

/** As deep as the deepest of these envelopes. */
const DEEPEST = 8;
/** Pictures that are looked at; one was asked for. */
const MAX_SOURCES = 4;

/** What may be the picture of an answer, the likeliest first. */
export function sourcesIn(body: unknown): ImageSource[] {
  return typeof body === 'object' ? [...walk(body, 0)].slice(0, MAX_SOURCES) : [];
}

function* walk(value: unknown, depth: number): Generator<ImageSource> {
  if (typeof value === 'string') {
    const source = sourceOf(value);
    if (source) yield source;
  } else if (depth < DEEPEST) {
    for (const part of partsOf(value)) yield* walk(part, depth + 1);
  }
}

/** The entries of a list, and the fields of an object that may hold a picture. */
function partsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_SOURCES);
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Record<string, unknown>;
  return NAMES.filter((name) => Object.hasOwn(fields, name))
    .filter((name) => !(PROSE.has(name) && typeof fields[name] === 'string'))
    .map((name) => fields[name]);
}

/** The smallest picture there is takes more characters than this. */
const SHORTEST_PICTURE = 12;

function sourceOf(text: string): ImageSource | undefined {
  const start = text.slice(0, 8).toLowerCase();
  if (start.startsWith('http://') || start === 'https://') return { kind: 'url', url: text };
  return text.length < SHORTEST_PICTURE ? undefined : { kind: 'base64', text };
}
