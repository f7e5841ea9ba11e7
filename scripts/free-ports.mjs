// Prints the first of some consecutive ports on which nobody listens, below those that the system
// gives to clients: `node scripts/free-ports.mjs 8`.
import { createServer } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const count = Number(process.argv[2] ?? 1);
for (let tries = 0; tries < TRIES; tries++) {
  const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - count));
  const ports = Array.from({ length: count }, (_, at) => first + at);
  if (!(await Promise.all(ports.map(isFree))).every(Boolean)) continue;
  console.log(first);
  process.exit();
}
console.error(`no ${count} consecutive ports are free`);
process.exitCode = 1;
