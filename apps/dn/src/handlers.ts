import type { CallContext, OperationName, ReplyOf, RequestOf } from '#dn-client';

/** The code behind some operations: request in, reply out; errors are HdfErrors. */
export type Handlers<K extends OperationName = OperationName> = {
  readonly [O in K]: (request: RequestOf<O>, context: CallContext) => Promise<ReplyOf<O>>;
};
