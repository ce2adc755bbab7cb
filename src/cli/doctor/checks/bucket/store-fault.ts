/** Why a call of the store failed, in words for the owner; `undefined` where it did not. */
export async function storeFault(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { cause } = error as Error;
    return String((cause as Error | undefined)?.message ?? (error as Error).message);
  }
}
