/** Fastify as its guide has it: bodies validated and answers serialized by schema. */
import fastify from 'fastify';
import { constantAnswer, listenOn } from './constant-answer.ts';

const { url, headers } = constantAnswer();
const app = fastify();
const schema = {
  body: {
    type: 'object',
    required: ['context'],
    properties: {
      context: {
        type: 'object',
        required: ['pagePath', 'pageType'],
        properties: {
          pagePath: { type: 'string', minLength: 1 },
          pageType: { enum: ['index', 'article', 'archive'] },
        },
      },
    },
  },
  response: { 200: { type: 'object', properties: { url: { type: 'string' } } } },
};
app.get('/health', () => ({ status: 'ok' }));
app.post('/api/cafe/generate', { schema }, async (_, reply) => {
  reply.headers(headers);
  return { url };
});
await app.listen(listenOn());
