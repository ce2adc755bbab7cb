/** An ordinary Koa service: request log, CORS, body parser and router, in the usual order. */
import cors from '@koa/cors';
import Router from '@koa/router';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { pinoHttp } from 'pino-http';
import { constantAnswer, listenOn } from './constant-answer.ts';

const { url, headers } = constantAnswer();
const app = new Koa();
const log = pinoHttp();
const router = new Router();

router.get('/health', (ctx) => {
  ctx.body = { status: 'ok' };
});
router.post('/api/cafe/generate', (ctx) => {
  const { body } = ctx.request as unknown as { body?: { context?: { pagePath?: unknown } } };
  if (typeof body?.context?.pagePath !== 'string') ctx.throw(400, 'pagePath must be a string');
  ctx.set(headers);
  ctx.body = { url };
});

app.use(async (ctx, next) => {
  log(ctx.req, ctx.res);
  await next();
});
app.use(cors());
app.use(bodyParser());
app.use(router.routes());
app.use(router.allowedMethods());
app.listen(listenOn());
