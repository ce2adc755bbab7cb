import type { AdminApi } from '../api/api.ts';
import type { ShownPage } from '../api/api-types.ts';
import { orToast } from '../shell/or-toast.ts';
import { showToast } from '../shell/toasts.ts';
import { nameOf, type PageName, pageInWords } from './page-words.ts';

/**
 * Pins a picture to a page, and offers to undo it. Never throws: a failure is shown as a toast.
 *
 * @param image the picture's ID
 * @param onDone called after the change, and after its undo
 */
export async function pinPicture(
  api: AdminApi,
  page: ShownPage,
  image: string,
  onDone: () => void,
): Promise<void> {
  const name = nameOf(page);
  if (!name || !(await put(api, name, image))) return;
  onDone();
  const { image: before } = page;
  const undo = async () => {
    if (before && (await put(api, name, before))) onDone();
  };
  const text = `Pinned to ${pageInWords(name)}.`;
  if (before && before !== image) showToast({ text, undo });
  else showToast({ text });
}

function put(api: AdminApi, page: PageName, image: string): Promise<boolean> {
  const work = () => api.put<void>('/pages/image', { ...page, image });
  return orToast(work, 'The picture could not be pinned.');
}
