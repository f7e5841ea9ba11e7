import { ManualClock, describeObjectStore } from '../testing/index.js';
import { MemoryStore } from './memory.js';

describeObjectStore('memory', () => Promise.resolve({ store: new MemoryStore(new ManualClock()) }));
