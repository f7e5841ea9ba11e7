/**
 * The Nest edge that the apps share: configuration, the access guard and what it hands to
 * controllers, errors as answers, health and service information. Resources and their routes are
 * in the apps; nothing here knows how objects are stored.
 */
export * from './request-context.js';
export * from './access.js';
export * from './access.guard.js';
export * from './acl.js';
export * from './body.js';
export * from './bootstrap.js';
export * from './bucket-policy.js';
export { ConnectionDrain } from './connection-drain.js';
export * from './domain.js';
export * from './error.filter.js';
export * from './flags.js';
export * from './flow-metrics.js';
export { markSmallHeapsAtOnce } from './heap-marking.js';
export * from './hrefs.js';
export * from './log-context.js';
export * from './log-level.js';
export * from './logger.js';
export * from './metrics.js';
export * from './openapi/index.js';
export * from './ports.js';
export * from './query-string.js';
export * from './request-load.js';
export { rounded } from './request-log.js';
export { traceFields } from './request-trace.js';
export * from './runtime.js';
export * from './second-signal.js';
export * from './server.module.js';
export { LOGICAL_DN_IDS } from './about.controller.js';
export { BY_PATH_SEGMENT } from './route-table.js';
export * from './config/keys.js';
export * from './config/load.js';
export { readConfig, processSurroundings, type ProcessSurroundings } from './config/environment.js';
export * from './make-runtime.js';
export { startTracing } from './tracing/start-tracing.js';
export * from './store-settings.js';
export { s3Credentials } from './s3-keys.js';
export * from './cluster-settings.js';
export * from './hint.controller.js';
export * from './work-queue.js';
