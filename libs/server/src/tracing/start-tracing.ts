/** Switches tracing on, when the configuration names a collector. */
import { HdfError } from '#hdf5';
import type { Clock } from '#storage';
import type { ServerRuntime } from '../runtime.js';

/** A collector that is away is one line a minute, not one a batch. */
const WARN_EVERY_MS = 60_000;

/**
 * Gives the runtime a tracer, before the store is opened. Without `otel_exporter_otlp_endpoint`
 * nothing is loaded: OpenTelemetry costs half a second and 16 MB.
 *
 * @param role `sn`, `dn` or `embedded`
 * @throws HdfError `invalid` when the endpoint is no HTTP URL or the ratio is above 1
 */
export async function startTracing(runtime: ServerRuntime, role: string): Promise<void> {
  const { config, log } = runtime;
  const { otel_exporter_otlp_endpoint: endpoint, otel_traces_sampler_arg: ratio } = config;
  if (endpoint === null || endpoint === '') return;
  if (!/^https?:\/\/./.test(endpoint) || ratio > 1) {
    throw new HdfError(
      'invalid',
      'otel_exporter_otlp_endpoint: expected http://host:4318; otel_traces_sampler_arg: 0 to 1',
    );
  }
  const { OtelTracer } = await import('./otel-tracer.js');
  runtime.tracer = new OtelTracer({
    endpoint,
    ratio,
    resource: {
      'service.name': config.otel_service_name,
      'service.version': runtime.version,
      'service.instance.id': config.pod_name ?? config.pod_uid ?? runtime.newRequestId(),
      'hsds.node_role': role,
    },
    warn: sometimes(runtime, (message) => {
      log.warn(message);
    }),
  });
}

function sometimes(
  { clock }: { readonly clock: Clock },
  say: (message: string) => void,
): (message: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = clock.monotonic();
    if (now - last < WARN_EVERY_MS) return;
    last = now;
    say(message);
  };
}
