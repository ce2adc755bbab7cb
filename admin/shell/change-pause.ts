import type { AdminApi } from '../api/api.ts';
import type { Budget } from '../api/api-types.ts';
import { orToast } from './or-toast.ts';
import { showToast } from './toasts.ts';

/**
 * Pauses or resumes all buying, and offers to take that back. Never throws: a failure is a toast.
 *
 * @param tell gets the budget as it is then
 */
export async function changePause(
  api: AdminApi,
  paused: boolean,
  tell: (budget: Budget) => void,
): Promise<void> {
  const work = async () => {
    tell(await api.post<Budget>(`/generation/${paused ? 'pause' : 'resume'}`));
    showToast({
      about: 'pause',
      text: paused ? 'Paused: no pictures are bought.' : 'Resumed: pictures are bought again.',
      undo: () => changePause(api, !paused, tell),
    });
  };
  await orToast(work, paused ? 'It could not be paused.' : 'It could not be resumed.');
}
