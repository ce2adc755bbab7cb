import { z } from 'zod';
import { countryByCode } from '../../domain/countries/country.ts';
import { ADMIN_VARIABLES } from './environment-admin.ts';
import {
  dollars,
  flag,
  headerName,
  list,
  origin,
  prefix,
  secret,
  secrets,
  text,
  url,
  whole,
  word,
} from './environment-values.ts';

/**
 * Every variable the service reads: its form, its default and what it is for. A blank variable is an
 * unset one. What must be set depends on the adapters chosen; see config.ts.
 */
export const Environment = z.object({
  NODE_ENV: z.string().default('development').describe('`production` lets nothing be missing'),
  HOST: text()
    .optional()
    .describe('Address to listen on; 127.0.0.1, in production 0.0.0.0. Alias: BACKEND_HOST'),
  PORT: whole(1, 65_535).default(8080).describe('Port to listen on. Alias: BACKEND_PORT'),
  LOG_LEVEL: word(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least level that is logged'),
  REQUEST_TIMEOUT_MS: whole(500, 300_000)
    .default(10_000)
    .describe('For a request to arrive; the answer may take as long as it takes'),
  KEEP_ALIVE_TIMEOUT_MS: whole(1000, 600_000)
    .default(75_000)
    .describe('For an idle connection; longer than the proxy in front keeps its own'),
  ANSWER_TIMEOUT_MS: whole(1000, 600_000)
    .default(60_000)
    .describe('A connection is closed whose client takes nothing of its answer for so long'),
  MAX_REQUESTS_PER_CONNECTION: whole(1, 10_000).default(16).describe('Of one, under way at once'),
  MAX_WAITING_REQUESTS: whole(1, 1_000_000)
    .default(20_000)
    .describe('Requests that wait for a picture at once; more are turned away'),
  MAX_SEARCHES: whole(1, 1_000_000)
    .default(2000)
    .describe('Pages that are not known and looked for at once; more are turned away'),
  MAX_WAITING_PER_ADDRESS: whole(1, 1_000_000).default(200).describe('Of each, per replica'),
  DATA_DIR: text()
    .optional()
    .describe('Folder of the filesystem store, data by default; with S3, of what it did not take'),

  IMAGE_STORE: z
    .enum(['s3', 'filesystem', 'memory'])
    .optional()
    .describe('Where pictures are kept; filesystem, in production s3'),
  IMAGE_GENERATOR: z
    .enum(['openai', 'sketch'])
    .optional()
    .describe('Who makes them; sketch, in production openai'),
  GEO_LOCATOR: z
    .enum(['country-is', 'mmdb', 'header', 'fixed', 'none'])
    .optional()
    .describe("Who knows the reader's country; mmdb, in production country-is"),

  GENERATED_IMAGES_BUCKET: text()
    .regex(
      /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not a bucket name',
    )
    .optional()
    .describe('Bucket of the pictures, public below IMAGE_GEN_PREFIX'),
  AWS_REGION: text()
    .regex(/^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/, 'is not a region such as eu-west-3')
    .optional()
    .describe('Region of the bucket'),
  AWS_ACCESS_KEY_ID: secret()
    .optional()
    .describe('Of a user that may list, get, put and delete in the bucket'),
  AWS_SECRET_ACCESS_KEY: secret().optional().describe('That user’s'),
  AWS_ENDPOINT_URL_S3: url().optional().describe('Another S3 endpoint than Amazon’s'),
  S3_FORCE_PATH_STYLE: flag()
    .optional()
    .describe(
      'Bucket in the path, not the host name; by default where the endpoint is not Amazon’s',
    ),
  S3_READ_TIMEOUT_MS: whole(100, 60_000).default(3000).describe('For a look-up, retries included'),
  S3_WRITE_TIMEOUT_MS: whole(100, 300_000).default(30_000).describe('For an upload, likewise'),
  S3_MAX_CONNECTIONS: whole(8, 10_000).default(256).describe('A quarter is kept for purchases'),
  IMAGE_GEN_PREFIX: prefix().default('generated/v2').describe('Prefix of all pictures'),
  RECORDS_PREFIX: prefix().default('records').describe('Prefix of the records, never public'),
  PUBLIC_IMAGE_BASE_URL: url()
    .optional()
    .describe("Origin of the pictures' URLs, such as a CDN's, instead of the bucket's own"),

  IMAGE_LIFETIME_DAYS: whole(1, 36_500)
    .optional()
    .describe('After which the bucket’s lifecycle rule expires pictures; 30 with s3, else never'),

  OPENAI_API_KEY: secret().optional().describe('Pays for the pictures'),
  OPENAI_BASE_URL: url().optional().describe('Another endpoint than OpenAI’s'),
  OPENAI_IMAGE_MODEL: text()
    .default('gpt-image-1.5')
    .describe('Model asked first; OpenAI ends gpt-image-1.5 on 2026-12-01'),
  OPENAI_IMAGE_MODEL_FALLBACKS: list()
    .default(['gpt-image-2.6-flare', 'gpt-image-2.5-flare', 'gpt-image-2'])
    .describe('Models asked, in order, once those before them have ended; comma-separated'),
  OPENAI_IMAGE_QUALITY: z
    .enum(['low', 'medium', 'high', 'xhigh', 'max', 'auto'])
    .default('medium')
    .describe('Sets the price most; xhigh and max mean high for models before gpt-image-2.5'),
  OPENAI_IMAGE_SIZE: text()
    .regex(/^(auto|[1-9]\d{1,4}x[1-9]\d{1,4})$/, 'must be auto or a size such as 1024x1024')
    .default('1024x1024')
    .describe('Width and height in pixels, as far as the model knows them'),
  OPENAI_IMAGE_BACKGROUND: z
    .enum(['auto', 'transparent', 'opaque'])
    .default('auto')
    .describe('Behind the dish, as far as the model knows it'),
  OPENAI_TIMEOUT_MS: whole(1000, 290_000)
    .default(180_000)
    .describe('For an image to begin to arrive; then it has a quarter of that to come whole'),

  DAILY_GENERATION_BUDGET: whole(0, 1_000_000)
    .default(15)
    .describe('Pictures per UTC day; 0 never generates'),
  DAILY_BUDGET_USD: dollars().optional().describe('US dollars per UTC day; no limit by default'),
  MONTHLY_BUDGET_USD: dollars()
    .optional()
    .describe('US dollars per calendar month, in UTC; no limit by default'),
  BUDGET_OPENS_OVER_HOURS: whole(0, 24)
    .default(0)
    .describe(
      'Opens a day’s budget to readers bit by bit, a part at each full hour UTC; 0 all at midnight',
    ),
  MAX_CONCURRENT_GENERATIONS: whole(1, 1000).default(8).describe('Calls under way at once'),
  GENERATOR_PAUSE_MS: whole(100, 3_600_000)
    .default(60_000)
    .describe('Without calls, after failures that others would follow; then one is tried'),
  REVIEW: z
    .enum(['after', 'before'])
    .default('after')
    .describe('`before`: new pictures are not to be seen until the owner approves them'),
  HEAL_FALLBACKS: flag()
    .optional()
    .describe(
      'Buy pages that got a copy a picture of their own later, within half of a day’s budget; false in production, else true',
    ),
  MAX_FALLBACK_COPIES_PER_DAY: whole(0, 1_000_000_000)
    .default(1000)
    .describe(
      'Copies for pages that get no picture of their own, per UTC day and replica; beyond, such a page shows a picture of the pool, and nothing is stored',
    ),
  FALLBACK_ON_UPSTREAM_ERROR: flag()
    .default(false)
    .describe('Answer with another picture, not an error, when the generator fails'),

  COUNTRY_IS_URL: url().default('https://api.country.is').describe('For a server of one’s own'),
  GEO_TIMEOUT_MS: whole(50, 10_000).default(1000).describe('For one look-up of a country'),
  GEO_DATABASE: text()
    .optional()
    .describe('An .mmdb file instead of the bundled one, for GEO_LOCATOR=mmdb'),
  GEO_COUNTRY_HEADER: headerName().default('CF-IPCountry').describe('For GEO_LOCATOR=header'),
  GEO_FIXED_COUNTRY: text()
    .refine((code) => countryByCode(code) !== undefined, 'is not a country code such as FR')
    .optional()
    .describe('For GEO_LOCATOR=fixed'),
  TRUST_PROXY: flag().default(true).describe('Believe X-Real-IP and X-Forwarded-For'),
  TRUSTED_PROXY_HOPS: whole(1, 20)
    .optional()
    .describe('Take that entry of X-Forwarded-For, from the right, and ignore X-Real-IP'),
  CLIENT_IP_HEADER: headerName()
    .transform((name) => name.toLowerCase())
    .optional()
    .describe('Take the address from this header alone, such as CF-Connecting-IP or Fly-Client-IP'),

  ...ADMIN_VARIABLES,
  SITE_SITEMAP_URL: url()
    .optional()
    .describe("The site's sitemap: pages that are not on it get no new picture, only another's"),
  PAGE_QUERY_PARAMETERS: list(
    text().regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be names such as p, separated by commas'),
  )
    .default([])
    .describe(
      'Parameters that tell pages apart, such as `p` for `/?p=123`, comma-separated; no query counts by default',
    ),
  PAGE_TOKEN_SECRET: secrets(24)
    .default([])
    .describe('Signs pages: those without a token, or a place on the sitemap, get no new picture'),
  NEW_PAGES_PER_IP_PER_HOUR: whole(1, 1_000_000)
    .optional()
    .describe('New pictures for one address, or /64 of IPv6, per replica; no limit by default'),
  BOTS_MAY_SPEND: flag()
    .default(true)
    .describe('false: programs that say so, such as crawlers, get no new picture'),
  MAX_COUNTRIES_PER_PAGE_PER_DAY: whole(1, 1000)
    .optional()
    .describe('For which a page gets new pictures, per replica; no limit by default'),

  CORS_ALLOWED_ORIGINS: list(origin())
    .default([])
    .describe("The blog's origins, comma-separated; others are refused once there are any"),
  PAGE_CACHE_TTL_SECONDS: whole(0, 600)
    .default(60)
    .describe('A known page is served for so long without asking the store; 0 always asks'),
  PAGE_CACHE_MAX_PAGES: whole(1, 10_000_000).default(50_000).describe('Known pages in memory'),
  CLAIM_LEASE_MS: whole(1000, 300_000)
    .default(15_000)
    .describe('After which a replica takes over a page whose maker is gone; alike on all replicas'),
  RENDITION_TIMEOUT_MS: whole(500, 60_000).default(5000).describe('To make a picture’s WebPs'),
  DRAIN_TIMEOUT_MS: whole(0, 900_000)
    .default(300_000)
    .describe('After SIGTERM, for running generations to end'),
});

export type Environment = z.infer<typeof Environment>;
