/** The floor: what `node:http` itself takes to read a JSON body and to answer with a constant. */
import { createServer } from 'node:http';
import { answerUrl, listenOn } from './constant-answer.ts';

const body = JSON.stringify({ url: answerUrl() });
const length = Buffer.byteLength(body);

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length });
    response.end(body);
  });
});
server.listen(listenOn());
