import { hasAdmin } from '../../../../app/config/admin-config.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import type { Check } from '../../check.ts';
import { failure, ok, warning } from '../../finding.ts';
import { storeFault } from './store-fault.ts';
import type { S3Config } from './words.ts';

/**
 * Whether the owner can take a picture down: hiding, deleting and rejecting one deletes what is public.
 * Nothing else does, so that without the permission the rest works.
 */
export function takingDown(config: S3Config, store: ImageStore): Check {
  const key = `${config.imagePrefix}/doctor-delete.txt`;
  return {
    name: 'taking-down',
    needs: 'bucket',
    async run() {
      await store.put(key, Buffer.from(key), { contentType: 'text/plain' });
      const fault = await storeFault(() => store.delete(key));
      if (!fault) return [ok(`Pictures can be taken down, from below ${config.imagePrefix}/.`)];
      const isBad = hasAdmin(config) ? failure : warning;
      return [
        isBad(
          `No picture can be taken down: ${fault}.`,
          `Allow s3:DeleteObject below ${config.imagePrefix}/ to the service's user, as in infra/bucket/service-policy.json: apply it again, with infra/aws-cli/create-bucket.sh or infra/terraform.`,
        ),
      ];
    },
  };
}
