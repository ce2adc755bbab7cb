import { ApiError } from '../api/api.ts';
import { reasonOf } from '../components/states.ts';
import { showToast } from './toasts.ts';

/**
 * Runs an API call, and shows a toast if it fails.
 *
 * @param failed a sentence that says what failed
 * @returns whether it succeeded
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
