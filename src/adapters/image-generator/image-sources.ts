/** Where a response contains its image. */
export type ImageSource = { kind: 'base64'; text: string } | { kind: 'url'; url: string };

/**
 * Field names that may contain an image, the most specific first. OpenAI uses `data` and `b64_json`.
 * SiliconFlow, fal and Stable Diffusion's web UI use `images`, and Replicate `output`. Stability uses
 * `artifacts` and `base64`, Vertex `predictions` and `bytesBase64Encoded`, Cloudflare `result` and
 * `image`, and OpenRouter `choices`, `message` and `image_url`.
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
/** Fields that contain prose if their value is a string. */
const PROSE: ReadonlySet<string> = new Set(['choices', 'message']);

/** Maximum nesting of these formats. */
const DEEPEST = 8;
/** Maximum number of images to look at; only one was requested. */
const MAX_SOURCES = 4;

/** Finds possible images in a response, the most likely first. */
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

/** The entries of a list, or the fields of an object that may contain an image. */
function partsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_SOURCES);
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Record<string, unknown>;
  return NAMES.filter((name) => Object.hasOwn(fields, name))
    .filter((name) => !(PROSE.has(name) && typeof fields[name] === 'string'))
    .map((name) => fields[name]);
}

/** Shorter strings cannot contain an image. */
const SHORTEST_PICTURE = 12;

function sourceOf(text: string): ImageSource | undefined {
  const start = text.slice(0, 8).toLowerCase();
  if (start.startsWith('http://') || start === 'https://') return { kind: 'url', url: text };
  return text.length < SHORTEST_PICTURE ? undefined : { kind: 'base64', text };
}
