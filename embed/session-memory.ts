import { imageFrom, type PageImage } from './image.ts';

/**
 * What this tab was answered, by page. Browsers refuse the storage to a sandboxed frame, may have it
 * full, and let anybody write to it; without it every visit asks, and nothing else changes.
 */
export function recall(key: string): PageImage | undefined {
  return attempt(() => imageFrom(JSON.parse(sessionStorage.getItem(key) ?? 'null')));
}

export function remember(key: string, image: PageImage): void {
  attempt(() => sessionStorage.setItem(key, JSON.stringify(image)));
}

export function forget(key: string): void {
  attempt(() => sessionStorage.removeItem(key));
}

function attempt<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
