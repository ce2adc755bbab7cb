/** Makes a button copy the text of an element, or at least select it where that is not allowed. */
export function copies(button: HTMLElement, source: HTMLElement): void {
  const label = button.textContent;
  let restoring: ReturnType<typeof setTimeout> | undefined;
  button.ariaLive = 'polite';
  button.addEventListener('click', async () => {
    button.textContent = await copy(source);
    clearTimeout(restoring);
    restoring = setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}

async function copy(source: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(source);
    return 'Selected';
  }
}
