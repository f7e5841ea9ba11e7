/** How to answer where HSDS 0.9 and 1.0 contradict each other; `both` is the union. */
export type Dialect = 'both' | '0.9' | '1.0';
