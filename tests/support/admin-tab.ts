import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { openWatchedPage } from './watched-page.ts';

export const ADMIN_TOKEN = 'a-token-of-the-browser-tests';

/** What a browser says by itself of an answer that is no success. */
const REFUSED = /status of (401|404|429)/;
/** Less than a ten-thousandth of the screen: a word that got longer. */
export const TINY_SHIFT = /^layout shift of (0\.0000|\d\S*e-)/;

/**
 * A tab at the admin page, signed in if nothing else is said. The test fails if the page complains of
 * more than of refused requests, of a word that got longer, and of what is allowed.
 */
export async function openAdminTab(
  browser: Browser,
  url: string,
  {
    at = '',
    signsIn = true,
    allowed = /^$/,
    ...options
  }: { at?: string; signsIn?: boolean; allowed?: RegExp } & BrowserContextOptions = {},
): Promise<Page> {
  const { page, complaints } = await openWatchedPage(browser, options);
  onTestFinished(() => {
    const passed = [REFUSED, TINY_SHIFT, allowed];
    const serious = complaints.filter((each) => !passed.some((form) => form.test(each)));
    expect(serious).toEqual([]);
  });
  await page.goto(`${url}/admin/${at}`);
  if (signsIn) {
    await signInWith(page, ADMIN_TOKEN);
    await page.getByRole('navigation', { name: 'Admin' }).waitFor();
  }
  return page;
}

/** Types a token and sends it, by keyboard. */
export async function signInWith(page: Page, token: string): Promise<void> {
  const field = page.getByLabel('Token', { exact: true });
  await field.waitFor();
  await expect.poll(() => focused(page)).toBe('token');
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
}

/** Points at the notifications, which stay as long as the pointer does, however long the next steps take. */
export async function keepToasts(page: Page): Promise<void> {
  await page.locator('.toast').last().hover();
}

/** The id of what has the focus, else its text. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.id || element?.getAttribute('aria-label') || element?.textContent?.trim() || '';
  });
}

/** Presses a key until something else has the focus. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`the keyboard does not get to ${name}, only to: ${seen.join(', ')}`);
}
