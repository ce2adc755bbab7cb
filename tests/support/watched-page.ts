import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A ceiling for what hangs. */
const PATIENCE_MS = 60_000;

declare global {
  /** Defined in every watched page. */
  function complain(what: string): void;
}

export interface WatchedPage {
  page: Page;
  /**
   * What a page must not do: errors and warnings in its console, uncaught errors, violations of
   * its Content-Security-Policy, and layout shifts, also those right after an input.
   */
  complaints: string[];
}

/** @param flags beside the usual ones */
export function launchChromium(
  executablePath: string,
  flags: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags], timeout: PATIENCE_MS });
}

/** A page in a context of its own, which closes with the test. */
export async function openWatchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('complain', (what: string) => complaints.push(what));
  await page.addInitScript(watch);
  return { page, complaints };
}

/** Runs in the page, before its own scripts. */
function watch(): void {
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    complain(`violates ${violatedDirective}: ${blockedURI}`);
  });
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries() as (PerformanceEntry & {
      value: number;
      sources: { node: Node | null }[];
    })[]) {
      const moved = shift.sources.map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 80) : node?.textContent,
      );
      complain(`layout shift of ${shift.value}: ${moved.join(', ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
