/** A mistake that the tests of the money path have to notice. */
export interface Mutant {
  /** Below `src`. */
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  replacement: string;
  /** Below `tests`, without `.test.ts`. */
  tests: string;
  /** Part of the titles that are run; all of the file by default. */
  titles?: string;
}

const MAKE = 'domain/generation/generate-image.ts';
const GENERATE = 'domain/cafe/generate-page-image.ts';
const HELD = 'domain/images/unstored-images.ts';
const LEDGER = 'adapters/budget-ledger/object-store.ts';
const SQL_LEDGER = 'adapters/budget-ledger/postgres.ts';
const CLAIMS = 'contracts/page-claims';

export const MUTANTS: readonly Mutant[] = [
  // Makes an unexpected error of the generator give its unit back.
  {
    file: MAKE,
    text: "known?.billing ?? 'unknown'",
    replacement: "known?.billing ?? 'refused'",
    tests: 'domain/generation/generate-image',
  },
  {
    file: MAKE,
    text: 'prompt, seed: call.id, reservedMicroUsd, beforeCall }',
    replacement: 'prompt, seed: call.id, reservedMicroUsd }',
    tests: 'domain/generation/generate-image',
  },
  {
    file: MAKE,
    text: "      await this.#settle(reservation, { state: 'refused', reason: failure.code, durationMs: 0 });\n",
    replacement: '',
    tests: 'domain/generation/generate-image',
  },
  {
    file: GENERATE,
    text: '    if (!isClaimLost(cause)) {',
    replacement: '    if (cause) {',
    tests: 'faults/lost-claims',
  },
  // Forgets what was paid for where the look for it fails.
  {
    file: 'domain/cafe/claimed-page.ts',
    text: '  page.leaveUnplaced(making, { areUnstored });\n',
    replacement: '',
    tests: 'http/cafe/replicas',
    titles: 'first look for it fails',
  },
  {
    file: 'domain/cafe/claimed-page.ts',
    text: '    if (!isNamed || !(await this.#claim.isHeld())) throw claimLost();\n',
    replacement: '    void [isNamed, claimLost];\n',
    tests: 'faults/lost-claims',
    titles: 'once it was stopped',
  },
  {
    file: 'adapters/image-generator/openai.ts',
    text: '      await call.beforeCall?.();\n',
    replacement: '',
    tests: 'contracts/image-generator',
    titles: 'last moment',
  },
  {
    file: 'adapters/image-generator/openai/error-answer.ts',
    text: 'if (!(FREE.has(status) || refusal))',
    replacement: 'if (status < 300)',
    tests: 'adapters/openai-retries',
    titles: 'O4',
  },
  {
    file: 'adapters/page-claims/lease.ts',
    text: 'Math.abs(now - this.#confirmed.now)',
    replacement: '0',
    tests: CLAIMS,
    titles: 'K14',
  },
  {
    file: 'adapters/page-claims/lease.ts',
    text: 'const CERTAIN_SHARE = 0.5;',
    replacement: 'const CERTAIN_SHARE = 5;',
    tests: CLAIMS,
    titles: 'K14',
  },
  {
    file: 'adapters/page-claims/page-note.ts',
    text: '[...before.making.slice(0, MAX_MAKING - 1), datedKey]',
    replacement: '[datedKey]',
    tests: CLAIMS,
    titles: 'remembers it also',
  },
  {
    file: 'adapters/page-claims/rival-watch.ts',
    text: '>= this.#leaseMs',
    replacement: '>= this.#leaseMs / 10',
    tests: CLAIMS,
    titles: 'never takes a page from one that lives',
  },
  {
    file: 'adapters/page-claims/postgres.ts',
    text: 'version: randomInt(MAX_FIRST_VERSION)',
    replacement: 'version: 1',
    tests: 'adapters/page-claim-rows',
    titles: 'a write that arrives',
  },
  {
    file: 'adapters/page-claims/postgres.ts',
    text: "version: sql`greatest(version, 0) + 1` })\n        .where('page', '=', page)\n        .where('version', '=', Number(version))",
    replacement: "version: sql`greatest(version, 0) + 1` })\n        .where('page', '=', page)",
    tests: CLAIMS,
    titles: 'K12',
  },
  {
    file: LEDGER,
    text: '    waiter.draft = { ...draft, id: randomUUID() };\n',
    replacement: '    void randomUUID;\n',
    tests: 'contracts/budget-ledger',
    titles: 'K15',
  },
  {
    file: GENERATE,
    text: '    page.leaveUnplaced([datedKey], { areUnstored: true });\n',
    replacement: '',
    tests: 'long/unstored',
  },
  {
    file: GENERATE,
    text: '      await confirm();\n',
    replacement: '',
    tests: 'faults/lost-claims',
  },
  // Counts a batch of calls at the price of the cheapest.
  {
    file: LEDGER,
    text: 'Math.max(0, ...waiters',
    replacement: 'Math.min(Number.POSITIVE_INFINITY, ...waiters',
    tests: 'contracts/budget-ledger',
    titles: 'dearest of those',
  },
  {
    file: LEDGER,
    text: '    if (doubt) throw',
    replacement: "    if (doubt === '') throw",
    tests: 'http/cafe/money-and-store',
    titles: 'buys nothing at',
  },
  {
    file: 'adapters/budget-ledger/days/day-counter.ts',
    text: 'this.#options.own.addTo(days, (each) =>',
    replacement: 'void ((each: string) =>',
    tests: 'http/cafe/money-and-store',
    titles: 'listing lacks',
  },
  {
    file: 'adapters/budget-ledger/records/listed-records.ts',
    text: 'if (!isBehind) return;',
    replacement: 'return;',
    tests: 'http/cafe/money-and-store',
    titles: 'lag later',
  },
  {
    file: 'adapters/budget-ledger/days/day-counter.ts',
    text: "counts(record) : record.state !== 'refused';",
    replacement: "counts(record) : record.state === 'spent';",
    tests: 'domain/generation/generate-image',
  },
  {
    file: 'app/container/budget-module.ts',
    text: '    control: T.control,\n',
    replacement: '',
    tests: 'http/cafe/replicas',
    titles: 'K16',
  },
  {
    file: HELD,
    text: 'const spooling = this.#spool.put(picture);',
    replacement: 'const spooling = Promise.resolve(true);',
    tests: 'domain/images/unstored-images',
    titles: 'P9',
  },
  {
    file: HELD,
    text: '(await spooling) || (await this.#spool.put(picture))',
    replacement: 'await spooling',
    tests: 'domain/images/unstored-images',
    titles: 'P9',
  },
  {
    file: HELD,
    text: 'labels, { ifAbsent: true });',
    replacement: 'labels);',
    tests: 'domain/images/unstored-images',
    titles: 'P9',
  },
  {
    file: HELD,
    text: 'while (!(await this.#isElsewhere(key))) {',
    replacement: 'for (;;) {',
    tests: 'domain/images/unstored-images',
    titles: 'does not come back',
  },
  {
    file: 'domain/cafe/placement/store-page-image.ts',
    text: 'await this.#deps.persistImage.hold(request, this.#inPool(kept), inPool.reason);',
    replacement: 'void kept;',
    tests: 'domain/cafe/placement/store-page-image',
    titles: 'S4',
  },
  {
    file: 'domain/cafe/placement/place-image.ts',
    text: 'this.#deps.store.put(key, content, labels, condition)',
    replacement: 'this.#deps.store.put(key, content, labels)',
    tests: 'domain/cafe/placement/store-page-image',
  },
  // Counts a reservation whose commit may have succeeded as used for ever.
  {
    file: SQL_LEDGER,
    text: '      this.#settlements.withdraw(written.map(({ draft }) => draft));\n',
    replacement: '',
    tests: 'contracts/budget-in-sql',
    titles: 'answer is lost',
  },
  // Withdraws the reservation of a caller that tried again.
  {
    file: SQL_LEDGER,
    text: '    renew(waiters.filter(({ draft }) => this.#settlements.hasWithdrawn(draft.id)));\n',
    replacement: '',
    tests: 'contracts/budget-in-sql',
    titles: 'answer is lost',
  },
  {
    file: SQL_LEDGER,
    text: 'await withoutRows(transaction, generations);',
    replacement: 'generations;\n        void withoutRows;',
    tests: 'contracts/budget-in-sql',
    titles: 'counts a PNG once',
  },
  {
    file: 'adapters/budget-ledger/postgres/usage.ts',
    text: 'rows.reserved.filter(({ id }) => !lost.has(id));',
    replacement: 'rows.reserved.filter(() => lost.size < 0);',
    tests: 'contracts/budget-in-sql',
    titles: 'knows that a day is spent',
  },
];
