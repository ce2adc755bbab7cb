import { setTimeout as wait } from 'node:timers/promises';
import { COUNTRIES } from '../src/domain/countries/country.ts';
import { CountryIsStandIn } from '../tests/support/country-is-stand-in.ts';
import { OpenAiStandIn } from '../tests/support/openai-stand-in.ts';
import { S3StandIn } from '../tests/support/s3-stand-in.ts';
import { type FetchHandler, serveFetch } from '../tests/support/serve-fetch.ts';
import { tinyPng } from '../tests/support/tiny-png.ts';
import { addressIn } from './request.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Milliseconds before each answer. */
interface Latencies {
  s3: number;
  openai: number;
  countryIs: number;
}

/** As large as the pictures that are bought. */
export const PICTURE = tinyPng({ seed: 1, width: 1024, height: 1024, ballast: 100_000 });

/** S3, OpenAI and country.is as stand-ins in this process, as far away as is said. */
export class Upstreams {
  readonly s3 = new S3StandIn();
  readonly openai: OpenAiStandIn;
  /** When the last picture was made, in milliseconds since the epoch. */
  pictureMadeAt = 0;
  readonly latency: Latencies = { s3: 0, openai: 0, countryIs: 0 };
  #urls: string[] = [];
  #close: (() => Promise<void>)[] = [];

  constructor() {
    this.openai = new OpenAiStandIn({
      picture: () => {
        this.pictureMadeAt = Date.now();
        return PICTURE;
      },
    });
  }

  async open(): Promise<this> {
    const countryIs = new CountryIsStandIn(
      Object.fromEntries(COUNTRIES.map(({ code }, n) => [addressIn(n), code])),
    );
    const late =
      (name: keyof Latencies, handle: FetchHandler): FetchHandler =>
      async (request) => {
        if (this.latency[name] > 0) await wait(this.latency[name]);
        return handle(request);
      };
    const served = await Promise.all([
      serveFetch(late('s3', this.s3.handle)),
      serveFetch(late('openai', this.openai.handle)),
      serveFetch(late('countryIs', countryIs.handle)),
    ]);
    this.#urls = served.map(({ url }) => url);
    this.#close = served.map(({ close }) => close);
    return this;
  }

  async close(): Promise<void> {
    await Promise.all(this.#close.map((close) => close()));
  }

  /** As far away as is said, everything else at hand, and nothing stored. */
  reset(latency: Partial<Latencies> = {}): void {
    Object.assign(this.latency, { s3: 0, openai: 0, countryIs: 0, ...latency });
    this.s3.reset();
    this.openai.reset();
  }

  /** The cafe as in production, with these upstreams. */
  startCafe(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return startServer('src/app/start.mjs', {
      NODE_ENV: 'production',
      ...this.#env(),
      CORS_ALLOWED_ORIGINS: 'https://blog.example',
      // All readers of a benchmark share an address.
      MAX_WAITING_PER_ADDRESS: '20000',
      ...env,
    });
  }

  /** The algorithm without a cache, with the same. */
  startLiteral(): Promise<ServerProcess> {
    return startServer('bench/peers/literal.ts', this.#env());
  }

  #env(): Record<string, string> {
    const [s3 = '', openai, countryIs = ''] = this.#urls;
    return {
      GENERATED_IMAGES_BUCKET: this.s3.bucket,
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_S3: s3,
      OPENAI_API_KEY: 'sk-bench',
      OPENAI_BASE_URL: `${openai}/v1`,
      COUNTRY_IS_URL: countryIs,
    };
  }
}
