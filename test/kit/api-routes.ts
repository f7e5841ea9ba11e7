import { apiNotes } from '../../apps/sn/src/openapi/index.js';

/** Every public route, as `GET /groups/{id}`; a test walks the server's own table against it. */
export const API_ROUTES: readonly string[] = Object.keys(apiNotes('').routes);
