import { int, mib, number, size } from '../key-spec.js';

/** How much of everything one request or node may use. */
export const LIMIT_KEYS = {
  min_chunk_size: size(mib(1), 'smaller chunk layouts are enlarged'),
  max_chunk_size: size(mib(4), 'larger chunk layouts are shrunk'),
  max_request_size: size(mib(100), 'request bodies, and answers that are not streamed'),
  max_chunks_per_folder: int(0, 'count', 'chunks in one storage folder; 0: any number'),
  max_chunks_per_request: int(1000, 'count', 'chunks in one page of a value request', 1),
  max_task_count: int(
    100,
    'count',
    '20 times as many requests run at once, others wait; 0: no bound',
  ),
  max_tcp_connections: int(100, 'count', 'inner connections per host', 1),
  timeout: number(30, 's', 'inner requests, 503 after it'),
  domain_req_max_objects_limit: int(500, 'count', 'objects in domain_objs'),
  predate_max_time: number(10, 's', 'how far in the past created may lie on single routes'),
  max_timestamp_drift: number(300, 's', 'how far created may lie from the clock'),
} as const;
