import type { Tracer } from '#storage';
import type { NodeConnector } from './data-nodes.js';
import type { CallContext, OperationName, RequestOf } from './operations.js';

/** Connections whose every call is a span, below the span of the client's request. */
export function traced(connect: NodeConnector, tracer: Tracer | undefined): NodeConnector {
  if (tracer === undefined) return connect;
  return (node) => {
    const inner = connect(node);
    return {
      call: <K extends OperationName>(operation: K, request: RequestOf<K>, context: CallContext) =>
        tracer.within(
          {
            name: `dn ${operation}`,
            kind: 'client',
            attributes: {
              'hsds.operation': operation,
              'hsds.request_id': context.requestId,
              'server.address': node.ip,
              'server.port': node.port,
            },
            parent: context.trace?.parent,
          },
          (span) => inner.call(operation, request, below(context, span.parent)),
        ),
    };
  };
}

/** The context of a call that belongs to a span. */
function below(context: CallContext, parent: string | undefined): CallContext {
  return parent === undefined ? context : { ...context, trace: { ...context.trace, parent } };
}
