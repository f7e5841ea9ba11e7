import { request } from 'undici';
import type { PeerTransport } from './agent-parts.js';
import { readHealth, type HealthReport } from './health-report.js';

/** A peer that has not answered after so long counts as silent. */
const ANSWER_WITHIN_MS = 1000;
/** A health answer is about 1 KB. */
const BODY_BYTES_MAX = 65_536;

/** `http://host:port`, with brackets around IPv6. */
export function originOf(ip: string, port: number): string {
  return ip.includes(':') ? `http://[${ip}]:${port}` : `http://${ip}:${port}`;
}

/** Pings and hints over HTTP: `GET /health` and `POST /internal/hint`. */
export class HttpPeers implements PeerTransport {
  /** @param port of every data node */
  constructor(private readonly port: number) {}

  async health(ip: string): Promise<HealthReport | null> {
    try {
      const url = `${originOf(ip, this.port)}/health`;
      const answer = await request(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const length = Number(answer.headers['content-length'] ?? 0);
      if (length > BODY_BYTES_MAX) {
        await answer.body.dump();
        return null;
      }
      // A node that is not ready answers 503, with the same details.
      const body = (await answer.body.json()) as { details?: { cluster?: unknown } } | null;
      return readHealth(body?.details?.cluster);
    } catch {
      return null;
    }
  }

  hint(ips: readonly string[]): void {
    for (const ip of ips) void this.send(ip);
  }

  private async send(ip: string): Promise<void> {
    try {
      const url = `${originOf(ip, this.port)}/internal/hint`;
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const answer = await request(url, { method: 'POST', signal });
      await answer.body.dump();
    } catch {
      // A hint may be lost: everyone reads the record by itself as well.
    }
  }
}
