/**
 * Calls back whenever the document may have got another URL, until the returned function is called.
 * Where there is no Navigation API, a page that moves on without loading is noticed by the changes
 * it makes to itself; the browser's own functions are left as they are.
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
