import { aboutCafe } from './cafe-api.ts';

/** Fills in what is running. */
export async function showKitchen(root: HTMLElement, colophon: HTMLElement): Promise<void> {
  const about = await aboutCafe().catch(() => undefined);
  const values: Record<string, string> = about
    ? {
        store: [about.store.kind, about.store.location].filter(Boolean).join(', '),
        generator: [...new Set([about.generator.kind, about.generator.model])].join(', '),
        locator: about.locator.kind,
        dailyBudget: `${about.dailyBudget.toLocaleString('en')} pictures`,
      }
    : {};
  for (const element of root.querySelectorAll<HTMLElement>('[data-of]')) {
    element.textContent = values[element.dataset.of ?? ''] ?? 'no answer';
  }
  if (about) colophon.textContent += ` ${about.version}`;
}
