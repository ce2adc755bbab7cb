import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { analyse } from 'scslre';
import { parseSync } from 'vite';

export interface Expression {
  /** Relative to the repository, with forward slashes. */
  file: string;
  expression: RegExp;
}

const ROOT = path.join(import.meta.dirname, '../..');

/** Every regular expression that is written as a literal in the TypeScript below some folders. */
export function literalsIn(...folders: string[]): Expression[] {
  return filesBelow(...folders).flatMap((file) => {
    const { program } = parseSync(file, readFileSync(path.join(ROOT, file), 'utf8'));
    return [...literals(program)].map((expression) => ({ file, expression }));
  });
}

/** The absolute paths of files below some folders that build expressions from strings. */
export function buildersIn(...folders: string[]): string[] {
  return filesBelow(...folders)
    .map((file) => path.join(ROOT, file))
    .filter((file) => /\bRegExp\(/.test(readFileSync(file, 'utf8')));
}

/**
 * Whether the time that an expression takes can grow faster than the text it reads. Found by analysis of
 * its quantifiers; alternatives that overlap, as in `(a|b|ab)*`, are not.
 */
export function isSlow(expression: RegExp): boolean {
  return analyse(expression, { maxReports: 1 }).reports.length > 0;
}

function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
      .map((file) => file.split(path.sep).join('/')),
  );
}

function* literals(node: unknown): Generator<RegExp> {
  if (typeof node !== 'object' || node === null) return;
  if ('regex' in node) {
    const { pattern, flags } = node.regex as { pattern: string; flags: string };
    yield new RegExp(pattern, flags);
    return;
  }
  for (const part of Object.values(node)) yield* literals(part);
}
