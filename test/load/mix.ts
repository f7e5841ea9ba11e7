import type { Connection, WireRequest } from '../../bench/connection.js';
import type { Target } from '../../bench/target.js';

/** Elements of a row; one row belongs to one client. */
const ROW = 1024;
const POINTS = 16;
const I32 = 'H5T_STD_I32LE';

/** What all clients of a run work on. */
export interface Ground {
  readonly domain: string;
  readonly group: string;
  readonly dataset: string;
}

/** Makes the domain: one dataset with a row of 4 KiB a client, one chunk each. */
export async function makeGround(target: Target, clients: number): Promise<Ground> {
  const home = '/home/test_user1';
  const domain = `${home}/load-${process.pid}-${target.port}.h5`;
  const { root } = await target.json('PUT', '/', { domain });
  const body = {
    type: I32,
    shape: [clients, ROW],
    creationProperties: { layout: { class: 'H5D_CHUNKED', dims: [1, ROW] } },
  };
  const made = await target.json('POST', '/datasets', { domain, body });
  return { domain, group: String(root), dataset: String(made.id) };
}

/** Why a request counts as failed: a status, a broken connection, or a wrong value. */
export type Failure = string;

/** A client with a row of its own, so that it knows what every read must give. */
export class LoadClient {
  private row: Int32Array | null = null;
  private round = 0;
  private readonly value: string;

  constructor(
    private readonly target: Target,
    private readonly ground: Ground,
    private readonly number: number,
  ) {
    this.value = `/datasets/${ground.dataset}/value`;
  }

  /**
   * Sends its next request. One in three writes: rows and attributes; the others read rows, points,
   * JSON and metadata.
   *
   * @returns null when the answer is right
   */
  async next(connection: Connection): Promise<Failure | null> {
    this.round += 1;
    switch (this.round % 9) {
      case 1:
      case 5:
        return this.write(connection);
      case 2:
      case 6:
        return this.read(connection);
      case 3:
        return this.points(connection);
      case 4:
        return this.json(connection);
      case 7:
        return this.writeAttribute(connection);
      case 8:
        return this.readAttribute(connection);
      default:
        return this.metadata(connection);
    }
  }

  private get select(): string {
    return `[${this.number}:${this.number + 1},0:${ROW}]`;
  }

  private async write(connection: Connection): Promise<Failure | null> {
    const { domain } = this.ground;
    const row = Int32Array.from({ length: ROW }, (_, at) => this.number * 7919 + this.round + at);
    const query = { select: this.select };
    const body = Buffer.from(row.buffer);
    const request = this.target.encode('PUT', this.value, { domain, query, body });
    const { status } = await connection.request(request);
    // After a refusal either value may be there: it is not looked at until the next write.
    this.row = status === 200 ? row : null;
    return status === 200 ? null : String(status);
  }

  private read(connection: Connection): Promise<Failure | null> {
    const { domain } = this.ground;
    const query = { select: this.select };
    const request = this.target.encode('GET', this.value, { domain, query, wantsBytes: true });
    return this.expectBytes(connection, request, this.row);
  }

  private points(connection: Connection): Promise<Failure | null> {
    const { domain } = this.ground;
    const at = Array.from({ length: POINTS }, (_, index) => (index * 61 + this.round) % ROW);
    const body = { points: at.map((column) => [this.number, column]) };
    const request = this.target.encode('POST', this.value, { domain, body, wantsBytes: true });
    const { row } = this;
    const expected = row === null ? null : Int32Array.from(at, (column) => row[column] ?? 0);
    return this.expectBytes(connection, request, expected);
  }

  private async json(connection: Connection): Promise<Failure | null> {
    const { domain } = this.ground;
    const query = { select: `[${this.number}:${this.number + 1},0:8]` };
    const request = this.target.encode('GET', this.value, { domain, query });
    const { status, body } = await connection.request(request, true);
    if (status !== 200) return String(status);
    if (this.row === null) return null;
    const { value } = JSON.parse(body?.toString() ?? '{}') as { value?: unknown };
    const expected = JSON.stringify([[...this.row.subarray(0, 8)]]);
    return JSON.stringify(value) === expected ? null : 'wrong value';
  }

  private writeAttribute(connection: Connection): Promise<Failure | null> {
    const { domain, group } = this.ground;
    const body = { type: I32, value: this.number };
    const query = { replace: 1 };
    const path = `/groups/${group}/attributes/a${this.number}`;
    return this.expect(connection, this.target.encode('PUT', path, { domain, query, body }));
  }

  private readAttribute(connection: Connection): Promise<Failure | null> {
    const { domain, group } = this.ground;
    const path = `/groups/${group}/attributes/a${this.number}`;
    return this.expect(connection, this.target.encode('GET', path, { domain }));
  }

  private metadata(connection: Connection): Promise<Failure | null> {
    const { domain, dataset } = this.ground;
    return this.expect(connection, this.target.encode('GET', `/datasets/${dataset}`, { domain }));
  }

  private async expect(connection: Connection, request: WireRequest): Promise<Failure | null> {
    const { status } = await connection.request(request);
    return status >= 200 && status < 300 ? null : String(status);
  }

  private async expectBytes(
    connection: Connection,
    request: WireRequest,
    expected: Int32Array | null,
  ): Promise<Failure | null> {
    const { status, body } = await connection.request(request, true);
    if (status !== 200) return String(status);
    if (expected === null) return null;
    return body?.equals(Buffer.from(expected.buffer)) === true ? null : 'wrong value';
  }
}
