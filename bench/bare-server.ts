// The physical ceiling: takes a body, drops it, and answers `/<n>` with n bytes. Nothing else.
import { createServer } from 'node:http';

const replies = new Map<number, Buffer>();

function replyOf(length: number): Buffer {
  const found = replies.get(length) ?? Buffer.alloc(length, 'x');
  replies.set(length, found);
  return found;
}

const server = createServer((request, response) => {
  const body = replyOf(Number(request.url?.slice(1).split('?')[0]));
  request.on('end', () => {
    response.writeHead(200, { 'content-length': body.length });
    response.end(body);
  });
  request.resume();
});
server.listen(Number(process.argv[2]), 'localhost');
