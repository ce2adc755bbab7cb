import type { z } from 'zod';
import { ConfigError, loadConfig } from '../../src/app/config/config.ts';
import { Environment } from '../../src/app/config/environment.ts';

/** A value that no variable with a restricted form accepts. */
const IMPOSSIBLE = '\u0001';

const INTRODUCTION = `# Configuration

All settings are environment variables. They are read once at the start. Blank variables count as not set.

Without \`NODE_ENV=production\`, no variable is required. In production, the variables marked **required** must be set,
unless you choose another adapter. If variables are missing or malformed, the service lists all of them and exits.

[.env.example](../.env.example) has the same variables as a file to copy. This page is generated from
[environment.ts](../src/app/config/environment.ts) by \`npm run docs:configuration\`.
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
    return `## ${title}\n\n${rows.join('\n')}\n`;
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

/** A line such as `- **\`PORT\`** (default \`8080\`): port to listen on.` */
function rowOf(name: string, isRequired: boolean): string {
  const schema = Environment.shape[name as keyof typeof Environment.shape];
  const { description } = schema;
  if (!description) throw new Error(`${name} has no description in environment.ts`);
  const initial = isRequired ? '**required**' : defaultOf(schema);
  const notes = [initial, rangeOf(schema)].filter(Boolean).join(', ');
  const words = [description, formOf(schema)].filter(Boolean).join('. ');
  return `- **\`${name}\`**${notes && ` (${notes})`}: ${words}.`;
}

function defaultOf(schema: z.ZodType): string {
  const { data } = schema.safeParse(undefined);
  const text = typeof data === 'object' ? Object.values(data ?? {}).join(',') : String(data ?? '');
  return text === '' ? '' : `default \`${text}\``;
}

/** Between which numbers a value must be. */
function rangeOf(schema: z.ZodType): string {
  return /^must be a whole number from (\d+ to \d+)$/.exec(complaintOf(schema))?.[1] ?? '';
}

/** What a value must be otherwise, as the error says. */
function formOf(schema: z.ZodType): string {
  const message = complaintOf(schema);
  const [, options] = /^Invalid option: expected one of (.+)$/.exec(message) ?? [];
  if (options) return `One of ${options.replaceAll('"', '`').replaceAll('|', ', ')}`;
  return message.startsWith('must ') && rangeOf(schema) === '' ? message.replace(/^m/, 'M') : '';
}

function complaintOf(schema: z.ZodType): string {
  return schema.safeParse(IMPOSSIBLE).error?.issues[0]?.message ?? '';
}
