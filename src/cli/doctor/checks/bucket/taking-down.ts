import { hasAdmin } from '../../../../app/config/admin-config.ts';
import type { ImageStore } from '../../../../domain/storage/image-store.ts';
import type { Check } from '../../check.ts';
import { failure, ok, warning } from '../../finding.ts';
import { storeFault } from './store-fault.ts';
import type { S3Config } from './words.ts';

/**
 * Checks that public images can be deleted. Hiding, deleting and rejecting an image in the admin needs
 * this permission; the rest of the service works without it.
 */
export function takingDown(config: S3Config, store: ImageStore): Check {
  const key = `${config.imagePrefix}/doctor-delete.txt`;
  return {
    name: 'taking-down',
    needs: 'bucket',
    async run() {
      await store.put(key, Buffer.from(key), { contentType: 'text/plain' });
      const fault = await storeFault(() => store.delete(key));
      if (!fault) return [ok(`Pictures below ${config.imagePrefix}/ can be deleted.`)];
      const isBad = hasAdmin(config) ? failure : warning;
      return [
        isBad(
          `Pictures cannot be deleted, so you cannot hide or reject them: ${fault}.`,
          `Allow s3:DeleteObject below ${config.imagePrefix}/ to the service's user, as in infra/bucket/service-policy.json. Apply that policy with infra/aws-cli/create-bucket.sh or infra/terraform.`,
        ),
      ];
    },
  };
}
