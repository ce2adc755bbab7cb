/**
 * The algorithm, step for step and nothing remembered: each request looks the country up, asks the
 * bucket for the page, and if need be lists the day to count it. Koa, and the same SDKs.
 */
import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import Router from '@koa/router';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import OpenAI from 'openai';
import { listenOn } from './constant-answer.ts';

interface Context {
  pagePath: string;
  pageType: string;
}

const { GENERATED_IMAGES_BUCKET: Bucket = '', AWS_REGION: region = '' } = process.env;
const PREFIX = 'generated/v2';
const BUDGET = Number(process.env.DAILY_GENERATION_BUDGET ?? 15);
const s3 = new S3Client({ region, forcePathStyle: true });
const openai = new OpenAI();
const names = new Intl.DisplayNames('en', { type: 'region' });

async function countryOf(ip: string | undefined): Promise<string | undefined> {
  if (!ip) return undefined;
  const response = await fetch(`${process.env.COUNTRY_IS_URL}/${ip}`);
  if (!response.ok) return undefined;
  const { country } = (await response.json()) as { country: string };
  return names.of(country);
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9/]+/g, '-')
    .replace(/^[-/]+|[-/]+$/g, '');
}

async function isThere(Key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if ((error as { name?: string }).name === 'NotFound') return false;
    throw error;
  }
}

async function pngsBelow(Prefix: string): Promise<string[]> {
  const found: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    for (const { Key } of page.Contents ?? []) if (Key?.endsWith('.png')) found.push(Key);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return found;
}

async function generate(country: string | undefined, pageKey: string): Promise<void> {
  const place = country ? `in ${country}` : 'somewhere in the world';
  const { data } = await openai.images.generate({
    model: 'gpt-image-1.5',
    prompt: `A single random dish popular ${place}. Prefer a distinct local dish.`,
  });
  const Body = Buffer.from(data?.[0]?.b64_json ?? '', 'base64');
  const suffix = country ? `-${slugOf(country)}` : '';
  const dated = `${PREFIX}/${today()}/${randomUUID()}${suffix}.png`;
  const labels = {
    ContentType: 'image/png',
    CacheControl: 'public, max-age=31536000, immutable',
  };
  await s3.send(new PutObjectCommand({ Bucket, Key: dated, Body, ...labels }));
  await s3.send(new PutObjectCommand({ Bucket, Key: pageKey, Body, ...labels }));
}

async function copyRandom(country: string | undefined, pageKey: string): Promise<boolean> {
  const all = await pngsBelow(`${PREFIX}/`);
  const own = country ? all.filter((key) => key.endsWith(`-${slugOf(country)}.png`)) : [];
  const choice = own.length > 0 ? own : all;
  const chosen = choice[Math.floor(Math.random() * choice.length)];
  if (!chosen) return false;
  await s3.send(new CopyObjectCommand({ Bucket, Key: pageKey, CopySource: `${Bucket}/${chosen}` }));
  return true;
}

function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '/');
}

const app = new Koa();
const router = new Router();
router.get('/health', (ctx) => {
  ctx.body = 'ok';
});
router.post('/api/cafe/generate', async (ctx) => {
  const { context } = (ctx.request as unknown as { body: { context: Context } }).body;
  const ip = ctx.get('X-Real-IP') || ctx.get('X-Forwarded-For').split(',')[0]?.trim();
  const country = await countryOf(ip);
  const path = slugOf(context.pagePath) || 'root';
  const key = `${PREFIX}/page-cache/${context.pageType}/${path}-${country ? slugOf(country) : 'anywhere'}.png`;
  if (!(await isThere(key))) {
    const used = await pngsBelow(`${PREFIX}/${today()}/`);
    if (used.length < BUDGET) await generate(country, key);
    else if (!(await copyRandom(country, key))) ctx.throw(503);
  }
  ctx.body = { url: `https://${Bucket}.s3.${region}.amazonaws.com/${key}` };
});
app.use(bodyParser());
app.use(router.routes());
app.listen(listenOn());
