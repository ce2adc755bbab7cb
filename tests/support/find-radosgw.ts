import type { TestProject } from 'vitest/node';
import { findRadosgw, sayMissing } from './real-services.ts';

/** Before the groups that need a real S3 server. */
export async function setup(project: TestProject): Promise<void> {
  const radosgw = await findRadosgw();
  if (!radosgw) throw new Error(sayMissing('radosgw'));
  project.provide('radosgw', radosgw);
}
