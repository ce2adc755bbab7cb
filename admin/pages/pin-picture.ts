import { type AdminApi, ApiError } from '../api.ts';
import type { ShownPage } from '../api-types.ts';
import { reasonOf } from '../components/states.ts';
import { showToast } from '../toasts.ts';
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

async function put(api: AdminApi, page: PageName, image: string): Promise<boolean> {
  try {
    await api.put('/pages/image', { ...page, image });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showToast({ text: `It could not be pinned. ${reasonOf(error)}`, tone: 'failed' });
    return false;
  }
}
