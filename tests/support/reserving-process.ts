import { currentDay, draftOf, openLedger } from './open-ledger.ts';

/**
 * A process that reserves a picture, says whether it got it, and never settles.
 *
 *     fork('reserving-process.ts', [url, limit, price])
 */
const [url = '', limit = '', price = ''] = process.argv.slice(2);
const ledger = openLedger(url, { dailyLimit: Number(limit) });
process.send?.((await ledger.reserve(draftOf(currentDay(), Number(price)))) !== undefined);
process.on('message', async () => {
  process.send?.((await ledger.reserve(draftOf(currentDay(), Number(price)))) !== undefined);
});
