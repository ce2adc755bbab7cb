/** The floor: what `node:http` itself takes to read a JSON body and to answer with a constant. */
import { createServer } from 'node:http';
import { constantAnswer, listenOn } from './constant-answer.ts';

const { url, headers } = constantAnswer();
const body = JSON.stringify({ url });
const allHeaders = { ...headers, 'Content-Length': Buffer.byteLength(body) };

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(200, allHeaders);
    response.end(body);
  });
});
server.listen(listenOn());
