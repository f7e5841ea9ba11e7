/** The data node: owns objects and chunks, caches and writes them. */
export * from './dn.service.js';
export { CallDoor } from './call-door.js';
export * from './data-node.module.js';
export * from './dn.module.js';
export * from './open-data-node.js';
