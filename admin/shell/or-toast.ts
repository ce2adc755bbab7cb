import { ApiError } from '../api/api.ts';
import { reasonOf } from '../components/states.ts';
import { showToast } from './toasts.ts';

/**
 * Does what asks the API. Where that refuses, or cannot be reached, a toast says so and why.
 *
 * @param failed what did not work, one sentence
 * @returns whether it worked
 */
export async function orToast(work: () => Promise<void>, failed: string): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showToast({ text: `${failed} ${reasonOf(error)}`, tone: 'failed' });
    return false;
  }
}
