import { z } from 'zod';
import { countryByCode } from '../../domain/countries/country.ts';
import { ACCOUNT_VARIABLES } from './environment/account-variables.ts';
import { ADMIN_VARIABLES } from './environment/admin-variables.ts';
import { DATABASE_VARIABLES } from './environment/database-variables.ts';
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
} from './environment/values.ts';

/**
 * Every variable the service reads, with its format, default and purpose. A blank variable counts
 * as unset. Required variables depend on the chosen adapters; see config.ts.
 */
export const Environment = z.object({
  NODE_ENV: z
    .string()
    .default('development')
    .describe('`production` requires a full configuration'),
  HOST: text()
    .optional()
    .describe('Address to listen on: 127.0.0.1, or 0.0.0.0 in production. Alias: BACKEND_HOST'),
  PORT: whole(1, 65_535).default(8080).describe('Port to listen on. Alias: BACKEND_PORT'),
  LOG_LEVEL: word(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Lowest level that is logged'),
  REQUEST_TIMEOUT_MS: whole(500, 300_000)
    .default(10_000)
    .describe('Time for a request to arrive. Responses may take longer'),
  KEEP_ALIVE_TIMEOUT_MS: whole(1000, 600_000)
    .default(75_000)
    .describe("How long idle connections stay open. Must be longer than the proxy's own limit"),
  ANSWER_TIMEOUT_MS: whole(1000, 600_000)
    .default(60_000)
    .describe('A connection is closed if the client reads nothing of its response for this long'),
  MAX_REQUESTS_PER_CONNECTION: whole(1, 10_000)
    .default(16)
    .describe('Concurrent requests per connection'),
  MAX_WAITING_REQUESTS: whole(1, 1_000_000)
    .default(20_000)
    .describe('Requests that may wait for a picture at the same time. Others get 503'),
  MAX_SEARCHES: whole(1, 1_000_000)
    .default(2000)
    .describe('Pages that may be looked up or generated at the same time. Others get 503'),
  MAX_WAITING_PER_ADDRESS: whole(1, 1_000_000)
    .default(200)
    .describe('The same two limits for one address, per replica'),
  DATA_DIR: text()
    .optional()
    .describe(
      'Folder of the filesystem store (default: data). With S3, folder for paid pictures that the bucket rejected',
    ),

  IMAGE_STORE: z
    .enum(['s3', 'filesystem', 'memory'])
    .optional()
    .describe('Where pictures are stored: filesystem, or s3 in production'),
  IMAGE_GENERATOR: z
    .enum(['openai', 'sketch'])
    .optional()
    .describe('Image generator: sketch, or openai in production'),
  GEO_LOCATOR: z
    .enum(['country-is', 'mmdb', 'header', 'fixed', 'none'])
    .optional()
    .describe('How countries are found: mmdb (a local database), or country-is in production'),

  GENERATED_IMAGES_BUCKET: text()
    .regex(
      /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'is not a bucket name',
    )
    .optional()
    .describe('S3 bucket for the pictures, public below IMAGE_GEN_PREFIX'),
  AWS_REGION: text()
    .regex(/^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/, 'is not a region such as eu-west-3')
    .optional()
    .describe('Region of the bucket'),
  AWS_ACCESS_KEY_ID: secret()
    .optional()
    .describe('Access key of a user that may list, get, put and delete objects in the bucket'),
  AWS_SECRET_ACCESS_KEY: secret().optional().describe('Secret of that access key'),
  AWS_ENDPOINT_URL_S3: url().optional().describe('Endpoint of an S3-compatible store'),
  S3_FORCE_PATH_STYLE: flag()
    .optional()
    .describe(
      "Put the bucket into the path instead of the host name (default: true unless the endpoint is Amazon's)",
    ),
  S3_READ_TIMEOUT_MS: whole(100, 60_000)
    .default(3000)
    .describe('Time for a read, retries included'),
  S3_WRITE_TIMEOUT_MS: whole(100, 300_000)
    .default(30_000)
    .describe('Time for an upload, retries included'),
  S3_MAX_CONNECTIONS: whole(8, 10_000)
    .default(256)
    .describe('Connections to the store. A quarter is reserved for purchases'),
  IMAGE_GEN_PREFIX: prefix().default('generated/v2').describe('Key prefix of pictures, public'),
  RECORDS_PREFIX: prefix()
    .default('records')
    .describe('Key prefix of spending records, never public'),
  PUBLIC_IMAGE_BASE_URL: url()
    .optional()
    .describe("Public address of the pictures, such as a CDN, instead of the bucket's own"),

  IMAGE_LIFETIME_DAYS: whole(1, 36_500)
    .optional()
    .describe(
      "Days after which the bucket's lifecycle rule expires pictures (default: 30 with s3, otherwise never)",
    ),

  OPENAI_API_KEY: secret().optional().describe('OpenAI API key, which pays for the pictures'),
  OPENAI_BASE_URL: url().optional().describe("Another endpoint than OpenAI's"),
  OPENAI_IMAGE_MODEL: text()
    .default('gpt-image-1.5')
    .describe('Image model. OpenAI shuts down gpt-image-1.5 on 2026-12-01'),
  OPENAI_IMAGE_MODEL_FALLBACKS: list()
    .default(['gpt-image-2.6-flare', 'gpt-image-2.5-flare', 'gpt-image-2'])
    .describe(
      'Models to use in this order, each once the previous ones are shut down. Comma-separated',
    ),
  OPENAI_IMAGE_QUALITY: z
    .enum(['low', 'medium', 'high', 'xhigh', 'max', 'auto'])
    .default('medium')
    .describe('Affects the price most. Models before gpt-image-2.5 treat xhigh and max as high'),
  OPENAI_IMAGE_SIZE: text()
    .regex(/^(auto|[1-9]\d{1,4}x[1-9]\d{1,4})$/, 'must be auto or a size such as 1024x1024')
    .default('1024x1024')
    .describe('Width and height in pixels, if the model supports it'),
  OPENAI_IMAGE_BACKGROUND: z
    .enum(['auto', 'transparent', 'opaque'])
    .default('auto')
    .describe('Background of the picture, if the model supports it'),
  OPENAI_TIMEOUT_MS: whole(1000, 290_000)
    .default(180_000)
    .describe('Time until the picture begins to arrive. A quarter of it is added for the rest'),

  DAILY_GENERATION_BUDGET: whole(0, 1_000_000)
    .default(15)
    .describe('Pictures per UTC day. 0 turns generation off'),
  DAILY_BUDGET_USD: dollars().optional().describe('US dollars per UTC day (default: no limit)'),
  MONTHLY_BUDGET_USD: dollars()
    .optional()
    .describe('US dollars per calendar month in UTC (default: no limit)'),
  BUDGET_OPENS_OVER_HOURS: whole(0, 24)
    .default(0)
    .describe(
      "Releases a day's budget to readers in equal hourly parts over this many hours. 0 releases all at midnight UTC",
    ),
  MAX_CONCURRENT_GENERATIONS: whole(1, 1000).default(8).describe('Generations at the same time'),
  GENERATOR_PAUSE_MS: whole(100, 3_600_000)
    .default(60_000)
    .describe('Pause after repeated failures of the image generator, until one call is tried'),
  REVIEW: z
    .enum(['after', 'before'])
    .default('after')
    .describe('`before` hides new pictures until you approve them in the admin'),
  HEAL_FALLBACKS: flag()
    .optional()
    .describe(
      "Pages that got a copy get their own picture later, while less than half of the day's budget is used (default: true, but false in production)",
    ),
  MAX_FALLBACK_COPIES_PER_DAY: whole(0, 1_000_000_000)
    .default(1000)
    .describe('Copies per UTC day and replica. Beyond that, nothing is stored for such a page'),
  FALLBACK_ON_UPSTREAM_ERROR: flag()
    .default(false)
    .describe('Show another picture instead of an error when generation fails'),

  COUNTRY_IS_URL: url()
    .default('https://api.country.is')
    .describe('Address of a country.is server'),
  GEO_TIMEOUT_MS: whole(50, 10_000).default(1000).describe('Time to look up a country'),
  GEO_DATABASE: text()
    .optional()
    .describe('An .mmdb file to use instead of the bundled one, for GEO_LOCATOR=mmdb'),
  GEO_COUNTRY_HEADER: headerName()
    .default('CF-IPCountry')
    .describe('Header with the country code, for GEO_LOCATOR=header'),
  GEO_FIXED_COUNTRY: text()
    .refine((code) => countryByCode(code) !== undefined, 'is not a country code such as FR')
    .optional()
    .describe('Country code for all readers, for GEO_LOCATOR=fixed'),
  TRUST_PROXY: flag().default(true).describe('Trust X-Real-IP and X-Forwarded-For'),
  TRUSTED_PROXY_HOPS: whole(1, 20)
    .optional()
    .describe('Use this entry of X-Forwarded-For, counted from the right, and ignore X-Real-IP'),
  CLIENT_IP_HEADER: headerName()
    .transform((name) => name.toLowerCase())
    .optional()
    .describe('Use only this header for the address, such as CF-Connecting-IP or Fly-Client-IP'),

  ...ADMIN_VARIABLES,
  ...DATABASE_VARIABLES,
  ...ACCOUNT_VARIABLES,
  SITE_SITEMAP_URL: url()
    .optional()
    .describe("The blog's sitemap. Pages that it does not list get no new picture"),
  PAGE_QUERY_PARAMETERS: list(
    text().regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be names such as p, separated by commas'),
  )
    .default([])
    .describe(
      'Query parameters that distinguish pages, such as `p` for `/?p=123`, comma-separated (default: none)',
    ),
  PAGE_TOKEN_SECRET: secrets(24)
    .default([])
    .describe('Signs pages. Unsigned pages get no new picture, unless the sitemap lists them'),
  NEW_PAGES_PER_IP_PER_HOUR: whole(1, 1_000_000)
    .optional()
    .describe('New pictures per address (/64 in IPv6) and replica (default: no limit)'),
  BOTS_MAY_SPEND: flag()
    .default(true)
    .describe('`false`: crawlers that identify themselves get no new picture'),
  MAX_COUNTRIES_PER_PAGE_PER_DAY: whole(1, 1000)
    .optional()
    .describe('Countries for which one page gets new pictures, per replica (default: no limit)'),

  CORS_ALLOWED_ORIGINS: list(origin())
    .default([])
    .describe("The blog's origins, comma-separated. If set, other origins are rejected"),
  PAGE_CACHE_TTL_SECONDS: whole(0, 600)
    .default(60)
    .describe('How long a page is served from memory without checking the store. 0 always checks'),
  PAGE_CACHE_MAX_PAGES: whole(1, 10_000_000).default(50_000).describe('Pages kept in memory'),
  CLAIM_LEASE_MS: whole(1000, 300_000)
    .default(15_000)
    .describe(
      'Time after which another replica takes over a page from one that died. Must be the same on all replicas',
    ),
  RENDITION_TIMEOUT_MS: whole(500, 60_000)
    .default(5000)
    .describe('Time to make the smaller files of a picture'),
  DRAIN_TIMEOUT_MS: whole(0, 900_000)
    .default(300_000)
    .describe('Time for generations in progress to finish after SIGTERM'),
});

export type Environment = z.infer<typeof Environment>;
