import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Database } from '../src/adapters/postgres/database.ts';
import { openThread, threadDriver } from '../src/adapters/postgres/pglite.ts';

/**
 * Writes an embedded database that has all tables and no rows to a file. To load it takes a quarter
 * of the time and memory of making one.
 */
export async function buildDatabaseTemplate(output: string): Promise<void> {
  const thread = await openThread(undefined);
  const database = new Database(threadDriver(async () => thread));
  await database.migrate();
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.part`, await thread.dump());
  await rename(`${output}.part`, output);
  await database.close();
}
