import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const dockerfile = read('Dockerfile');
const stages = dockerfile.split(/^FROM /m);

describe('the container image', () => {
  it('has the empty database that the embedded one starts from', () => {
    const building = stages.find((stage) => stage.includes('buildDatabaseTemplate('));
    expect(building).toMatch(/^dependencies AS database\n/);
    expect(building).toContain('COPY src ./src\n');
    expect(stages.at(-1)).toContain('COPY --from=database /app/dist/database ./dist/database\n');
  });

  it('is built of files that it may see', () => {
    const [, script = ''] = /^COPY (scripts\/\S+)/m.exec(dockerfile) ?? [];
    expect(read(script)).toContain('export async function buildDatabaseTemplate');
    expect(read('.dockerignore').split('\n')).toContain(`!${script}`);
  });

  it('keeps the parts of PGlite that it loads beside its code', () => {
    const [, deleted = ''] =
      /find node_modules -type f \\\( (.*?) \\\) -delete/.exec(dockerfile) ?? [];
    const endings = [...deleted.matchAll(/'\*(.*?)'/g)].map(([, ending = '']) => ending);
    expect(endings.length).toBeGreaterThan(0);
    const parts = globSync('node_modules/@electric-sql/pglite/dist/*.{wasm,data}', { cwd: ROOT });
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.filter((part) => endings.some((ending) => part.endsWith(ending)))).toEqual([]);
  });
});
