import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Call, Reply, ThreadData } from './pglite.ts';

// Runs in a worker thread: PGlite runs queries on the thread that calls it, and readers' requests
// must not wait for that.

const { folder, template } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('must run in a worker thread');
const loadDataDir = template === undefined ? undefined : new Blob([await readFile(template)]);
const database = await PGlite.create({
  ...(folder !== undefined && { dataDir: folder }),
  ...(loadDataDir && { loadDataDir }),
});

const calls = {
  query: async ([text, values]: Call['parts']) => {
    const { rows, affectedRows } = await database.query(text ?? '', values);
    return { rows, affectedRows };
  },
  exec: async ([text]: Call['parts']) => {
    await database.exec(text ?? '');
    return {};
  },
  dump: async () => ({ dump: await (await database.dumpDataDir('gzip')).bytes() }),
  close: async () => {
    await database.close();
    return {};
  },
} satisfies Record<Call['name'], (parts: Call['parts']) => Promise<Reply['value']>>;

port.on('message', async ({ id, name, parts }: Call) => {
  try {
    port.postMessage({ id, value: await calls[name](parts) } satisfies Reply);
  } catch (error) {
    // Only the message of an error can be sent to another thread.
    const { message, code, constraint, detail } = error as Error & Record<string, string>;
    port.postMessage({ id, error: { message, code, constraint, detail } } satisfies Reply);
  }
});
port.postMessage({ id: 0 } satisfies Reply);
