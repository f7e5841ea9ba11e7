/**
 * Orders keys by their UTF-8 bytes, as object stores list them. JavaScript's own order is by UTF-16
 * units, in which U+E000…U+FFFF sort after the supplementary planes; one shift repairs that.
 */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

function byteRank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** What a listing with `folders` shows of a key: the key, or the folder `prefix…/` it is in. */
export function foldKey(key: string, prefix: string): string {
  const slash = key.indexOf('/', prefix.length);
  return slash < 0 ? key : key.slice(0, slash + 1);
}
