import { expect } from 'vitest';
import { RateLimitedJournal, SeveralJournals } from '../../src/adapters/journal/forwarding.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { PinoJournal } from '../../src/adapters/journal/pino.ts';
import { loadConfig } from '../../src/app/config/config.ts';
import { createLogger } from '../../src/app/log.ts';
import { journalContract } from './journal.contract.ts';

journalContract('the log', () => {
  const lines: string[] = [];
  const logger = createLogger(loadConfig({}), { write: (line) => lines.push(line) });
  return { journal: new PinoJournal(logger), entries: () => lines };
});

journalContract('memory', () => {
  const journal = new MemoryJournal();
  return { journal, entries: () => journal.events.map((event) => JSON.stringify(event)) };
});

journalContract('rate-limited', () => {
  const journal = new MemoryJournal();
  return {
    journal: new RateLimitedJournal(journal),
    entries: () => journal.events.map((event) => JSON.stringify(event)),
  };
});

journalContract('several', () => {
  const [first, second] = [new MemoryJournal(), new MemoryJournal()];
  const journal = new SeveralJournals(first);
  journal.add(second);
  // Each has to hear of everything.
  const entries = () => {
    expect(second.events).toEqual(first.events);
    return second.events.map((event) => JSON.stringify(event));
  };
  return { journal, entries };
});
