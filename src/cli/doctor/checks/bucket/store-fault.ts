/** The reason why a call to the store failed; `undefined` if it succeeded. */
export async function storeFault(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { cause } = error as Error;
    return String((cause as Error | undefined)?.message ?? (error as Error).message);
  }
}
