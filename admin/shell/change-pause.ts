import type { AdminApi } from '../api/api.ts';
import type { Budget } from '../api/api-types.ts';
import { orToast } from './or-toast.ts';
import { showToast } from './toasts.ts';

/**
 * Pauses or resumes spending, and offers to undo it. Never throws: a failure is shown as a toast.
 *
 * @param publish called with the new budget
 */
export async function changePause(
  api: AdminApi,
  paused: boolean,
  publish: (budget: Budget) => void,
): Promise<void> {
  const work = async () => {
    publish(await api.post<Budget>(`/generation/${paused ? 'pause' : 'resume'}`));
    showToast({
      about: 'pause',
      text: paused ? 'Paused: no pictures are bought.' : 'Resumed: pictures are bought again.',
      undo: () => changePause(api, !paused, publish),
    });
  };
  await orToast(work, paused ? 'Spending could not be paused.' : 'Spending could not be resumed.');
}
