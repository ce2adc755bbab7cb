/** Distance from the viewport at which loading starts. */
const MARGIN = '600px';

/**
 * Calls back once, when the element is near the viewport or the page is about to be printed.
 *
 * @returns cancels the callback
 */
export function whenNear(element: Element, then: () => void): () => void {
  const stop = () => {
    observer.disconnect();
    removeEventListener('beforeprint', near);
  };
  const near = () => {
    stop();
    then();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) near();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(element);
  addEventListener('beforeprint', near);
  return stop;
}
