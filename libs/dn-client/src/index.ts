/**
 * How a service node talks to data nodes: the table of operations, the router that finds the owner
 * and holds requests while ownership moves, and the wire. Nothing here knows HTTP statuses of the
 * public API or what an operation does.
 */
export * from './operations.js';
export * from './keys.js';
export * from './call-timer.js';
export * from './hold-queue.js';
export * from './data-nodes.js';
export * from './resize-dataset.js';
export type * from './resize-turn.js';
export * from './remote-data-node.js';
export { traced } from './traced-node.js';
export * from './wire/frame.js';
export * from './wire/codecs.js';
export * from './wire/error.js';
export * from './wire/call-head.js';
export * from './wire/messages.js';
export { Outbox } from './wire/outbox.js';
export { withoutParts } from './wire/document-codecs.js';
