import { run } from './program.ts';
import type { Terminal } from './terminal.ts';

const { stdout, stderr } = process;
const terminal: Terminal = {
  write: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
  isInteractive: stdout.isTTY === true,
  hasColours: stdout.isTTY === true && stdout.hasColors(),
  // Where nobody says how wide it is, it is told as 0.
  columns: stdout.columns || 80,
  interrupted() {
    const controller = new AbortController();
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
};

// Whoever reads the output may have seen enough, as `head` has.
stdout.on('error', () => process.exit(0));
process.exitCode = await run(process.argv.slice(2), process.env, terminal);
