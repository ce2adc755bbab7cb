import { setTimeout as wait } from 'node:timers/promises';
import { banner } from './banner.ts';
import { type Config, ConfigError, loadConfig } from './config/config.ts';
import { gapsIn } from './config/config-gaps.ts';
import { gapsInLimits, machineLimits } from './config/machine-limits.ts';
import { openCafe } from './container/container.ts';
import { gapsInAdminPage } from './http/admin/admin-page.ts';
import { gapsInElement } from './http/files/embed-assets.ts';
import { createCafeServer } from './server.ts';

/** Length of the queue of incoming connections for bursts; the kernel may allow fewer. */
const BACKLOG = 4096;

function configOrExit(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

// The process that reads this output may have ended. That must not abort a generation that is being
// paid for.
process.stdout.on('error', () => {});

const config = configOrExit();
const cafe = await openCafe(config).catch((error: Error) => {
  process.stderr.write(`The service could not start: ${error.message}\n`);
  process.exit(1);
});
const { server, drain } = createCafeServer(cafe);

server.on('error', (error: NodeJS.ErrnoException) => {
  const why = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
  process.stderr.write(`Cannot listen on ${config.host}:${config.port}: ${why}\n`);
  process.exit(1);
});
server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => {
  if (!config.production) {
    const secrets = { adminToken: cafe.admin?.madeToken, apiKey: cafe.studio?.developmentKey };
    process.stdout.write(banner(config, cafe.about, secrets));
    return;
  }
  cafe.logger.info({ ...cafe.about, port: config.port }, 'listening');
  const gaps = [
    ...gapsIn(config, cafe.dearestMicroUsd),
    ...gapsInLimits(machineLimits(), config),
    ...gapsInElement(cafe.elementFiles),
    ...(cafe.admin ? gapsInAdminPage(cafe.adminFiles) : []),
  ];
  for (const gap of gaps) cafe.logger.warn(gap);
});

// Node would write them into the log as plain text.
process.removeAllListeners('warning');
process.on('warning', (err) => cafe.logger.warn({ err }, 'warning from Node'));
process.on('uncaughtException', (err) => {
  cafe.logger.fatal({ err }, 'uncaught exception');
  process.exit(1);
});

/** Time limit for saving paid images from memory to disk before a forced exit. */
const SAVE_MS = 5_000;

let stopping = false;
let ending = false;
/** A generation in progress is paid for, so the process waits until its image is stored. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return endNow();
  stopping = true;
  cafe.logger.info({ signal }, 'shutting down');
  const ended = drain().then(() => true);
  const inTime = await Promise.race([ended, wait(config.drainTimeoutMs, false, { ref: false })]);
  if (!inTime) {
    cafe.logger.error('generations were still running after DRAIN_TIMEOUT_MS');
    return endNow();
  }
  await cafe.close();
  process.exit(0);
}

/** Saves paid images to DATA_DIR and exits. A second call exits at once. */
async function endNow(): Promise<void> {
  if (!ending) {
    ending = true;
    await Promise.race([cafe.unstored.saveAll(), wait(SAVE_MS)]);
  }
  process.exit(1);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
