import { imageFrom, type PageImage } from '../image.ts';

/**
 * Images by page, remembered for this tab. Session storage may be forbidden (sandboxed frames), full, or
 * contain foreign data. Then every visit makes a request; nothing else changes.
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
