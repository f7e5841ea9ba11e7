/** The service node: the public REST API over the data nodes. */
export * from './sn.module.js';
export * from './remote-connector.js';
export { parseGroupsFile, parsePasswordFile, type ParsedFile } from './auth/user-files.js';
