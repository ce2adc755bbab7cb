import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/free-port.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { HealthProber } from './health-prober.ts';
import { preloaded } from './preloaded.ts';
import { type Service, startService } from './start-service.ts';
import { type ProcessFigures, readFigures } from './watched-service.ts';

export interface ChaosReplicaOptions {
  upstreams: { s3: string; openai: string };
  prober: HealthProber;
  /** What it needs beside the addresses of S3 and OpenAI, and a folder. */
  env: Record<string, string>;
  /** By how much its clock is wrong after the next start or jump, in milliseconds. */
  clockOffset: () => number;
}

const MOST_JUMPS = 50;
/** Figures are of the time before, which is as long as this. */
const PERIOD_MS = 250;

/** One of several replicas: a process that may be killed, and its own ways to what it calls. */
export class ChaosReplica {
  readonly url: string;
  readonly s3: FaultProxy;
  readonly openai: FaultProxy;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #prober: HealthProber;
  readonly #clockOffset: () => number;
  /** Since when it answers without a break, and those times that are over, in milliseconds since the epoch. */
  #upSince = Number.POSITIVE_INFINITY;
  readonly #upTimes: { from: number; to: number }[] = [];
  /** When it was killed, in milliseconds since the epoch. */
  readonly kills: number[] = [];
  #service: Service | undefined;
  #output = '';

  private constructor(
    port: number,
    proxies: { s3: FaultProxy; openai: FaultProxy },
    folder: string,
    { env, prober, clockOffset }: ChaosReplicaOptions,
  ) {
    this.url = `http://localhost:${port}`;
    this.s3 = proxies.s3;
    this.openai = proxies.openai;
    this.#folder = folder;
    this.#prober = prober;
    this.#clockOffset = clockOffset;
    this.#env = {
      ...env,
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      TEST_FIGURES_FILE: join(folder, 'figures'),
      NODE_OPTIONS: preloaded('shifted-clock.ts', 'process-figures.ts'),
      AWS_ENDPOINT_URL_S3: proxies.s3.url,
      OPENAI_BASE_URL: `${proxies.openai.url}/v1`,
    };
  }

  static async open(options: ChaosReplicaOptions): Promise<ChaosReplica> {
    const { upstreams } = options;
    const [port, folder, s3, openai] = await Promise.all([
      freePort(),
      mkdtemp(join(tmpdir(), 'cafe-chaos-')),
      FaultProxy.before(upstreams.s3),
      FaultProxy.before(upstreams.openai),
    ]);
    const replica = new ChaosReplica(port, { s3, openai }, folder, options);
    await replica.start();
    return replica;
  }

  /** Whatever it has ever written. */
  get output(): string {
    return this.#output + (this.#service?.output() ?? '');
  }

  async start(): Promise<void> {
    const offsets = Array.from({ length: MOST_JUMPS }, () => Math.round(this.#clockOffset()));
    this.#service = await startService({
      ...this.#env,
      TEST_CLOCK_OFFSET_MS: String(Math.round(this.#clockOffset())),
      TEST_CLOCK_JUMPS: offsets.map((ms) => (ms < 0 ? String(ms) : `+${ms}`)).join(),
    });
    await this.#watch();
  }

  /** @param endingMs milliseconds for which it may end by itself first */
  async kill(endingMs?: number): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    await this.#ignore();
    if (endingMs !== undefined) {
      service?.signal('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, endingMs));
    }
    this.kills.push(Date.now());
    await service?.stop('SIGKILL');
    this.#output += service?.output() ?? '';
  }

  async pause(): Promise<void> {
    await this.#ignore();
    this.#service?.signal('SIGSTOP');
  }

  async wake(): Promise<void> {
    this.#service?.signal('SIGCONT');
    await this.#watch();
  }

  /** Sets its clock to another wrong time. */
  jump(): void {
    this.#service?.signal('SIGUSR2');
  }

  /** Whether it answers; one that was not killed has to. */
  isUp(): Promise<boolean> {
    return fetch(`${this.url}/health`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Of the times in which it was to answer. */
  async figures(): Promise<ProcessFigures[]> {
    const times = [...this.#upTimes, { from: this.#upSince, to: Date.now() }];
    const all = await readFigures(join(this.#folder, 'figures'));
    return all.filter(({ atMs }) =>
      times.some(({ from, to }) => from + PERIOD_MS < atMs && atMs < to),
    );
  }

  /** How many paid pictures wait in its folder to be stored. */
  async unstored(): Promise<number> {
    const folder = join(this.#folder, 'data/unstored');
    const files = await readdir(folder, { recursive: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      },
    );
    return files.filter((file) => file.endsWith('.png')).length;
  }

  async #watch(): Promise<void> {
    await this.#prober.watch(this.url);
    this.#upSince = Date.now();
  }

  async #ignore(): Promise<void> {
    await this.#prober.ignore(this.url);
    this.#upTimes.push({ from: this.#upSince, to: Date.now() });
    this.#upSince = Number.POSITIVE_INFINITY;
  }

  async calm(): Promise<void> {
    await Promise.all([this.s3.pass(), this.openai.pass()]);
  }

  async close(): Promise<void> {
    await this.kill();
    await Promise.all([this.s3.close(), this.openai.close()]);
    await rm(this.#folder, { recursive: true });
  }
}
