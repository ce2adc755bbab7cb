import type { AdminApi } from '../api/api.ts';
import type { ShownPage } from '../api/api-types.ts';
import { orToast } from '../shell/or-toast.ts';
import { showToast } from '../shell/toasts.ts';
import { nameOf, type PageName, pageInWords } from './page-words.ts';

/**
 * Shows a picture on a page, and offers to show the one of before again. Never throws: a failure is
 * told by a toast.
 *
 * @param image the picture's id
 * @param onDone hears of it, and of its being taken back
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
  showToast({ text, ...(before && before !== image ? { undo } : {}) });
}

function put(api: AdminApi, page: PageName, image: string): Promise<boolean> {
  const work = () => api.put<void>('/pages/image', { ...page, image });
  return orToast(work, 'It could not be pinned.');
}
