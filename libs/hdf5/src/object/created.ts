import { jsonNumber, type Json } from '../json/json.js';

/** How far a client's `created` may be from now to be honoured, in seconds. */
export interface CreatedWindow {
  readonly pastS: number;
  readonly futureS: number;
}

/** Single links and attributes (HSDS `predate_max_time`). */
export const SINGLE_ITEM_WINDOW: CreatedWindow = { pastS: 10, futureS: 300 };
/** Many at once (HSDS `max_timestamp_drift`). */
export const BULK_WINDOW: CreatedWindow = { pastS: 300, futureS: 300 };

/**
 * The time to store for an item: the client's when it is within the window, else now.
 *
 * @param sent `created` of the request, Unix seconds
 * @param now Unix seconds
 * @param window none: the client's time is ignored
 */
export function createdTime(sent: Json | undefined, now: number, window?: CreatedWindow): number {
  const time = jsonNumber(sent);
  if (time === undefined || window === undefined) return now;
  return time >= now - window.pastS && time <= now + window.futureS ? time : now;
}
