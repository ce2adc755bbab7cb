import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { PinoJournal } from '../../src/adapters/journal/pino.ts';
import { loadConfig } from '../../src/app/config.ts';
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
