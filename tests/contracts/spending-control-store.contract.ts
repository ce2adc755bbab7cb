import { describe, expect, it } from 'vitest';
import type { SpendingControlStore } from '../../src/domain/budget/spending-control-store.ts';

/** What every store of the owner's instructions must do; see the port. */
export function spendingControlStoreContract(
  name: string,
  /** Opens two over the same storage, which is empty. */
  open: () => Promise<[SpendingControlStore, SpendingControlStore]>,
): void {
  describe(`${name} as a store of spending instructions`, () => {
    it('has none until the owner gives some', async () => {
      const [store] = await open();
      expect(await store.read()).toBeUndefined();
    });

    it('shows a write to every replica, as the same JSON', async () => {
      const [store, other] = await open();
      const content = { paused: true, budget: { day: '2026/11/21', pictures: 4 }, more: ['é', 1] };
      expect(await store.write(content, undefined)).toBe(true);
      for (const each of [store, other]) {
        expect(await each.read()).toMatchObject({ content });
      }
    });

    it('writes over the version that was read, and over no other', async () => {
      const [store, other] = await open();
      await store.write({ paused: true }, undefined);
      const first = await store.read();
      expect(await other.write({ paused: false }, first?.version)).toBe(true);
      expect(await store.write({ paused: true, late: true }, first?.version)).toBe(false);
      const second = await store.read();
      expect(second?.content).toEqual({ paused: false });
      expect(second?.version).not.toBe(first?.version);
    });

    it('writes the first only where there are none', async () => {
      const [store, other] = await open();
      await store.write({ paused: true }, undefined);
      expect(await other.write({ paused: false }, undefined)).toBe(false);
      expect(await store.read()).toMatchObject({ content: { paused: true } });
    });

    it.each([['first'], ['later']])('lets one of many %s writes take effect', async (which) => {
      const [store, other] = await open();
      if (which === 'later') await store.write({ n: -1 }, undefined);
      const version = (await store.read())?.version;
      const writes = Array.from({ length: 8 }, (_, n) =>
        (n % 2 === 0 ? store : other).write({ n }, version),
      );
      const written = await Promise.all(writes);
      expect(written.filter(Boolean)).toHaveLength(1);
      expect(await other.read()).toMatchObject({ content: { n: written.indexOf(true) } });
    });
  });
}
