import { jsonNumber, isJsonMap, type CreatedWindow, type Json } from '#hdf5';
import type { Config } from '#server';

/** How far from now a client's `created` counts: on routes for one item, and for many. */
export function createdWindow(config: Config, route: 'single' | 'bulk'): CreatedWindow {
  const { predate_max_time: predateS, max_timestamp_drift: driftS } = config;
  return { pastS: route === 'single' ? Math.min(predateS, driftS) : driftS, futureS: driftS };
}

/** The `created` that an item of a request carries, in Unix seconds. */
export function sentTime(item: Json): number | undefined {
  return isJsonMap(item) ? jsonNumber(item.get('created')) : undefined;
}

/**
 * The items of one request by the time that they carry, those without where they stood: when times
 * are replaced by the server's, the order in which the client made them is kept.
 */
export function inSentOrder(items: ReadonlyMap<string, Json>): (readonly [string, Json])[] {
  const list = [...items];
  const times = list.map(([, item]) => sentTime(item));
  if (times.includes(undefined)) return list;
  return list.sort(([, a], [, b]) => (sentTime(a) ?? 0) - (sentTime(b) ?? 0));
}

/**
 * The time to store an item under when it may replace an older one of its name: one whose own time
 * is not newer than what is there must not look newer because the server's time replaced it.
 *
 * @param sent the item's own time; @param stored the time of what is there, if anything is
 * @param created the time that it would be stored under
 */
export function comparableTime(times: {
  readonly sent: number;
  readonly stored: number | undefined;
  readonly created: number;
}): number {
  const { sent, stored, created } = times;
  return stored !== undefined && sent <= stored ? Math.min(created, stored) : created;
}
