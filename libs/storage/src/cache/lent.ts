const lent = new WeakSet();

/**
 * Says that somebody reads a cached value for longer than one synchronous step (sends its bytes
 * without copying them): from now on it is never changed in place, later changes make a copy.
 */
export function lend(value: object): void {
  lent.add(value);
}

/** Whether a value must stay as it is. */
export function isLent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && lent.has(value);
}
