/** Spans by OpenTelemetry, sent over OTLP/HTTP. Loaded only when tracing is on. */
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer as ApiTracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { errorKind } from '#hdf5';
import type { OpenSpan, SpanAbout, SpanEnd, Tracer } from '#storage';

/** How long a batch may take, also at the end of the process. */
const EXPORT_MS = 5000;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;
const UNRECORDED: OpenSpan = { parent: undefined, note: () => undefined };
const propagator = new W3CTraceContextPropagator();

export interface OtelSettings {
  /** Base URL of a collector; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Share of new traces that is kept, 0 to 1; a caller's own decision is followed. */
  readonly ratio: number;
  /** What this process is. */
  readonly resource: Readonly<Record<string, string>>;
  /** Takes what goes wrong with sending. */
  readonly warn: (message: string) => void;
}

/** Spans that are sent in batches; when a collector is away they are dropped, never waited for. */
export class OtelTracer implements Tracer {
  private readonly provider: TracerProvider;
  private readonly tracer: ApiTracer;

  constructor(settings: OtelSettings) {
    report(settings.warn);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const exporter = new OTLPTraceExporter({
      url: `${settings.endpoint.replace(/\/+$/, '')}/v1/traces`,
      timeoutMillis: EXPORT_MS,
    });
    this.provider = new TracerProvider({
      resource: defaultResource().merge(resourceFromAttributes({ ...settings.resource })),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
      spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_MS })],
      forceFlushTimeoutMillis: EXPORT_MS,
    });
    this.tracer = this.provider.getTracer('hsds');
  }

  async within<T>(about: SpanAbout, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const below = parentOf(about);
    if (below === undefined) return work(UNRECORDED);
    const span = this.start(about, below);
    try {
      return await context.with(trace.setSpan(below, span), () => work(opened(span)));
    } catch (error) {
      const message = errorKind(error);
      span.setAttribute('error.type', message);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      span.end();
    }
  }

  begin(about: SpanAbout, run: (span: OpenSpan) => void): (end: SpanEnd) => void {
    const below = parentOf({ ...about, alone: true }) ?? ROOT_CONTEXT;
    const span = this.start(about, below);
    context.with(trace.setSpan(below, span), run, undefined, opened(span));
    return ({ attributes, failed }) => {
      span.setAttributes(attributes);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  }

  async flush(): Promise<void> {
    await this.provider.forceFlush().catch(() => undefined);
  }

  private start({ name, kind, attributes }: SpanAbout, below: Context): Span {
    return this.tracer.startSpan(name, { kind: KINDS[kind], attributes }, below);
  }
}

/** The context that a span begins in; undefined when it is to leave none. */
function parentOf({ parent, alone }: SpanAbout): Context | undefined {
  if (parent !== undefined) {
    return propagator.extract(ROOT_CONTEXT, { traceparent: parent }, defaultTextMapGetter);
  }
  const running = trace.getActiveSpan();
  if (running !== undefined && !isOver(running)) return context.active();
  return alone === true ? ROOT_CONTEXT : undefined;
}

/** Timers carry the context of the request that set them, also when it is long answered. */
function isOver(span: Span): boolean {
  const sampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  return sampled && !span.isRecording();
}

function opened(span: Span): OpenSpan {
  const carrier: Record<string, string> = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return {
    parent: carrier.traceparent,
    note: (attributes) => {
      span.setAttributes(attributes);
    },
  };
}

/** OpenTelemetry's own words, without what it was about to send. */
function report(warn: (message: string) => void): void {
  const say = (message: string) => {
    warn(`tracing: ${message.slice(0, 200)}`);
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: say, warn: say, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
