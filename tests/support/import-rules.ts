import path from 'node:path';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  name: string;
  text: string;
}

/** Who may import whom. The first rule whose place fits a file decides. */
const RULES: { place: RegExp; may: RegExp[] }[] = [
  { place: /^embed\//, may: [/^embed\//, /^lit$/, /^thumbhash$/] },
  { place: /^admin\//, may: [/^admin\//, /^lit(\/|$)/] },
  {
    place: /^packages\/sketch-painter\//,
    may: [/^packages\/sketch-painter\//, /^node:crypto$/, /^sharp$/],
  },
  { place: /^src\/domain\//, may: [/^src\/domain\//, /^node:crypto$/] },
  ...[
    { port: 'image-store', sdks: /^@aws-sdk\/client-s3$|^@smithy\// },
    { port: 'image-generator', sdks: /^openai(\/|$)|^sharp$|^@bytesized-cafe\/sketch-painter$/ },
    { port: 'rendition-maker', sdks: /^sharp$|^thumbhash$/ },
    { port: 'geo-locator', sdks: /^maxmind$/ },
    { port: 'circuit-breaker', sdks: /^cockatiel$/ },
    { port: 'page-list', sdks: /^fast-xml-parser$/ },
    { port: 'journal', sdks: /^pino$|^prom-client$/ },
    { port: 'tracing', sdks: /^@opentelemetry\// },
    { port: '[^/]+', sdks: /^$/ },
  ].map(({ port, sdks }) => ({
    place: new RegExp(`^src/adapters/${port}/`),
    may: [/^src\/domain\//, new RegExp(`^src/adapters/${port}/`), /^node:/, sdks],
  })),
  {
    place: /^src\/app\/container\/container\.ts$/,
    may: [/^src\//, /^inversify$/, /^reflect-metadata$/, /^node:/, /^package\.json$/],
  },
  {
    place: /^src\/app\/container\/([a-z]+-module|tokens)\.ts$/,
    may: [/^src\//, /^inversify$/, /^node:/],
  },
  {
    place: /^src\/app\/container\/open-adapters\.ts$/,
    may: [/^src\//, /^node:/, /^package\.json$/],
  },
  {
    place: /^src\/cli\//,
    may: [/^src\/(domain|app|adapters|cli)\//, /^commander$/, /^node:/, /^package\.json$/],
  },
  {
    place: /^src\/app\//,
    may: [/^src\/(domain|app)\//, /^koa$/, /^@koa\//, /^pino$/, /^zod$/, /^isbot$/, /^node:/],
  },
];

/** What a file imports although its place does not allow it, as `file imports target`. */
export function forbiddenImports({ name, text }: SourceFile): string[] {
  const rule = RULES.find(({ place }) => place.test(name));
  return importsOf(text)
    .map((specifier) => targetOf(name, specifier))
    .filter((target) => !rule?.may.some((allowed) => allowed.test(target)))
    .map((target) => `${name} imports ${target}`);
}

function importsOf(text: string): string[] {
  const code = text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
  const forms = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(forms)].map((match) => match[2] ?? '');
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
}
