import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');

it('the build of the image can load all sources that it compiles', async () => {
  const dockerfile = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');
  const [, program = ''] =
    /( import \{ globSync \}[\s\S]*?Promise\.all\(sources[^;]*;)/.exec(dockerfile) ?? [];
  expect(program).toContain('/app/src/**/*.ts');
  const here = program.replaceAll('\\\n', '\n').replaceAll('/app/', `${ROOT}/`);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '--eval',
    `${here} console.log(sources.length);`,
  ]);
  expect(Number(stdout)).toBeGreaterThan(300);
});
