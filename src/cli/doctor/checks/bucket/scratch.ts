import { randomUUID } from 'node:crypto';
import type { Config } from '../../../../app/config/config.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import type { Check } from '../../check.ts';
import { failure, ok } from '../../finding.ts';
import { storeFault } from './store-fault.ts';

/** Writes, reads and deletes a small object below the records prefix. */
export function scratch({ recordsPrefix, store: { kind } }: Config, store: ImageStore): Check {
  const name = `doctor-${randomUUID()}`;
  // This name is as long as the longest file name of a page. Some file systems do not support such
  // long names.
  const key = `${recordsPrefix}/scratch/${kind === 's3' ? name : name.padEnd(LONGEST_NAME, '-')}`;
  const remedyFor = (permission: string) =>
    kind === 's3'
      ? `Allow ${permission} below ${recordsPrefix}/ to the service's user, as in infra/bucket/service-policy.json.`
      : 'Give the user that runs the service write access to DATA_DIR, and check for a full disk.';
  return {
    name: 'records',
    ...(kind === 's3' ? { needs: 'bucket' } : {}),
    async run() {
      const steps: [string, string, () => Promise<unknown>][] = [
        ['written', 's3:PutObject', () => store.put(key, Buffer.from(key), TEXT)],
        ['read', 's3:GetObject', async () => expectSame(await store.get(key), key)],
        ['deleted', 's3:DeleteObject', () => store.delete(key)],
      ];
      for (const [what, permission, step] of steps) {
        const fault = await storeFault(step);
        if (fault) {
          return [failure(`Records cannot be ${what}: ${fault}.`, remedyFor(permission))];
        }
      }
      return [ok(`Records can be written, read and deleted below ${recordsPrefix}/.`)];
    },
  };
}

const LONGEST_NAME = 230;
const TEXT = { contentType: 'text/plain' };

function expectSame(object: { bytes: Uint8Array } | undefined, text: string): void {
  if (!object) throw new Error('the object is missing after the write');
  if (Buffer.from(object.bytes).toString() !== text) throw new Error('the content is different');
}
