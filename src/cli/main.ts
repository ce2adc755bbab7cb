import { run } from './program.ts';
import type { Terminal } from './terminal.ts';

const { stdout, stderr } = process;
const terminal: Terminal = {
  write: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
  isInteractive: stdout.isTTY === true,
  hasColours: stdout.isTTY === true && stdout.hasColors(),
  // Some terminals report a width of 0.
  columns: stdout.columns || 80,
  interrupted() {
    const controller = new AbortController();
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
};

// The process that reads a pipe may close it early, as `head` does.
stdout.on('error', () => process.exit(0));
process.exitCode = await run(process.argv.slice(2), process.env, terminal);
