/**
 * Calls back when the document's URL may have changed. Without the Navigation API, it compares the path
 * after each change of the document, because it must not patch the host page's `history`.
 *
 * @returns stops watching
 */
export function watchLocation(moved: () => void): () => void {
  if ('navigation' in window) {
    navigation.addEventListener('currententrychange', moved);
    return () => navigation.removeEventListener('currententrychange', moved);
  }
  let { pathname } = location;
  const look = () => {
    if (location.pathname === pathname) return;
    pathname = location.pathname;
    moved();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  addEventListener('popstate', look);
  return () => {
    observer.disconnect();
    removeEventListener('popstate', look);
  };
}
