import { freePort } from '../../scripts/free-port.ts';
import { FaultProxy } from './fault-proxy.ts';
import { type Service, startService } from './start-service.ts';

/** One of several replicas: a process that may be killed, and its own ways to what it calls. */
export class ChaosReplica {
  readonly url: string;
  readonly s3: FaultProxy;
  readonly openai: FaultProxy;
  readonly #env: Record<string, string>;
  #service: Service | undefined;
  #output = '';

  private constructor(
    port: number,
    s3: FaultProxy,
    openai: FaultProxy,
    env: Record<string, string>,
  ) {
    this.url = `http://localhost:${port}`;
    this.s3 = s3;
    this.openai = openai;
    this.#env = { ...env, PORT: String(port) };
  }

  /** @param env what it needs beside the addresses of S3 and OpenAI */
  static async open(
    upstreams: { s3: string; openai: string },
    env: Record<string, string>,
  ): Promise<ChaosReplica> {
    const [s3, openai] = await Promise.all([
      FaultProxy.before(upstreams.s3),
      FaultProxy.before(upstreams.openai),
    ]);
    const urls = { AWS_ENDPOINT_URL_S3: s3.url, OPENAI_BASE_URL: `${openai.url}/v1` };
    const replica = new ChaosReplica(await freePort(), s3, openai, { ...env, ...urls });
    await replica.start();
    return replica;
  }

  /** Whatever it has ever written. */
  get output(): string {
    return this.#output + (this.#service?.output() ?? '');
  }

  async start(): Promise<void> {
    this.#service = await startService(this.#env);
  }

  async kill(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    await service?.stop('SIGKILL');
    this.#output += service?.output() ?? '';
  }

  pause(): void {
    this.#service?.signal('SIGSTOP');
  }

  wake(): void {
    this.#service?.signal('SIGCONT');
  }

  /** Whether it answers; one that was not killed has to. */
  isUp(): Promise<boolean> {
    return fetch(`${this.url}/health`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async calm(): Promise<void> {
    await Promise.all([this.s3.pass(), this.openai.pass()]);
    this.wake();
  }

  async close(): Promise<void> {
    await this.kill();
    await Promise.all([this.s3.close(), this.openai.close()]);
  }
}
