/** Who calls: credentials to users. What users may do is the access guard's matter. */
import type { Provider } from '@nestjs/common';
import { Authenticator, ServerRuntime } from '#server';
import { openAuthenticator } from './sn-authenticator.js';

export * from './sn-authenticator.js';
export { hashPassword } from './stored-password.js';

/** The `Authenticator` port of a service node. */
export const AUTH_PORTS: Provider[] = [
  {
    provide: Authenticator,
    inject: [ServerRuntime],
    useFactory: (runtime: ServerRuntime) => openAuthenticator(runtime, fetch),
  },
];
