import type { TestProject } from 'vitest/node';
import { findChromium, sayMissing } from './real-services.ts';

/** Before the groups that need Chromium. */
export async function setup(project: TestProject): Promise<void> {
  const chromium = await findChromium();
  if (!chromium) throw new Error(sayMissing('chromium'));
  project.provide('chromium', chromium);
}
