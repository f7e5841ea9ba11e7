/**
 * What tests of stores, and on stores, share: the contract of every driver and layer, a store that
 * fails on cue, time and chance that do as they are told. Not part of the product.
 */
export { describeObjectStore, type ContractOptions, type StoreUnderTest } from './contract.js';
export {
  FaultyStore,
  faultScript,
  type Fault,
  type FaultPlan,
  type StoreCall,
} from './faulty-store.js';
export { listModel } from './listing-model.js';
export { ManualClock, settled } from './manual-clock.js';
export { seededRandom } from './seeded-random.js';
