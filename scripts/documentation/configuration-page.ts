import type { z } from 'zod';
import { ConfigError, loadConfig } from '../../src/app/config/config.ts';
import { Environment } from '../../src/app/config/environment.ts';

/** No variable that has a form of any kind may be this. */
const IMPOSSIBLE = '\u0001';

const INTRODUCTION = `# Configuration

Written by \`npm run docs:configuration\` out of [the module that reads it](../src/app/config/environment.ts);
a test says when it is out of date. [.env.example](../.env.example) is the same as a file to copy.

All of it is environment variables. A blank one counts as not set. Without \`NODE_ENV=production\` none is
required; in production those marked **required** are, unless another adapter is chosen, and whatever is
missing or malformed is named, all of it at once, before the process exits. Nothing is read again later.
`;

/**
 * The page with every variable, its default and its form.
 *
 * @param example the text of \`.env.example\`, whose headings sort them
 * @throws Error for a variable that has no description, or that the example lacks
 */
export function configurationPage(example: string): string {
  const sections = sectionsOf(example);
  const listed = new Set(sections.flatMap(({ names }) => names));
  const missing = Object.keys(Environment.shape).filter((name) => !listed.has(name));
  if (missing.length > 0) throw new Error(`.env.example lacks ${missing.join(', ')}`);
  const required = requiredInProduction();
  const tables = sections.map(({ title, names }) => {
    const rows = names.map((name) => rowOf(name, required.has(name)));
    return `## ${title}\n\n| variable | default | |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [INTRODUCTION, ...tables].join('\n');
}

/** The example's headings, such as `# --- Server ---`, and the variables below each. */
function sectionsOf(example: string): { title: string; names: string[] }[] {
  const [head = '', ...rest] = example.split(/^# --- (?=.+ -+$)/m);
  return [`Mode ---\n${head}`, ...rest].map((text) => {
    const [title = ''] = text.split(/ -+\n/, 1);
    const names = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => String(name));
    return { title, names: names.filter((name) => name in Environment.shape) };
  });
}

function requiredInProduction(): Set<string> {
  try {
    loadConfig({ NODE_ENV: 'production' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return new Set(error.problems.map((problem) => problem.split(' ', 1)[0] ?? ''));
  }
  return new Set();
}

function rowOf(name: string, isRequired: boolean): string {
  const schema = Environment.shape[name as keyof typeof Environment.shape];
  const { description } = schema;
  if (!description) throw new Error(`${name} has no description in environment.ts`);
  const words = [description, formOf(schema)].filter(Boolean).join('. ');
  const initial = isRequired ? '**required**' : defaultOf(schema);
  return `| \`${name}\` | ${initial} | ${words.replaceAll('|', '\\|')} |`;
}

function defaultOf(schema: z.ZodType): string {
  const { data } = schema.safeParse(undefined);
  const text = typeof data === 'object' ? Object.values(data ?? {}).join(',') : String(data ?? '');
  return text === '' ? '' : `\`${text}\``;
}

/** What a value must be, as whoever gets it wrong is told. */
function formOf(schema: z.ZodType): string {
  const message = schema.safeParse(IMPOSSIBLE).error?.issues[0]?.message ?? '';
  const [, options] = /^Invalid option: expected one of (.+)$/.exec(message) ?? [];
  if (options) return `One of ${options.replaceAll('"', '`').replaceAll('|', ', ')}`;
  return message.startsWith('must ') ? message.replace(/^m/, 'M') : '';
}
