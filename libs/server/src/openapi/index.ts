/** OpenAPI: routes read from Nest's metadata, joined with an app's notes on them. */
export * from './document.js';
export * from './notes.js';
export * from './openapi.controller.js';
export * from './routes.js';
