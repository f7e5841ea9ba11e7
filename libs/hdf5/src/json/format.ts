import { JsonFloat, RawJson, type JsonOut } from './json.js';

export interface FormatJsonOptions {
  /** Write null for NaN and the infinities, which otherwise are bare tokens. */
  readonly ignoreNan?: boolean;
}

/** Text that needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;
const NOT_ASCII = /[\u007f-\uffff]/g;

/**
 * Writes JSON as Python does: `, ` and `: ` between items, ASCII only, integers exact, whole
 * `JsonFloat`s with `.0`, NaN and the infinities as bare tokens. `parseJson` reads it back equal.
 *
 * @see HDF REST API, JSON responses
 */
export function formatJson(value: JsonOut, options: FormatJsonOptions = {}): string {
  return format(value, options.ignoreNan === true);
}

function format(value: JsonOut, ignoreNan: boolean): string {
  switch (typeof value) {
    case 'string':
      return formatString(value);
    case 'number':
      return formatNumber(value, ignoreNan);
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return value === null ? 'null' : formatObject(value, ignoreNan);
  }
}

function formatObject(value: JsonOut & object, ignoreNan: boolean): string {
  if (isList(value)) return formatList(value, ignoreNan);
  if (value instanceof JsonFloat) return formatFloat(value.value, ignoreNan);
  if (value instanceof RawJson) return value.text;
  const entries = isMap(value) ? value.entries() : Object.entries(value);
  let text = '';
  for (const [name, member] of entries) {
    if (member === undefined) continue;
    if (text !== '') text += ', ';
    text += formatString(name) + ': ' + format(member, ignoreNan);
  }
  return `{${text}}`;
}

function formatList(list: readonly JsonOut[], ignoreNan: boolean): string {
  let text = '';
  for (const item of list) {
    if (text !== '') text += ', ';
    text += format(item, ignoreNan);
  }
  return `[${text}]`;
}

function isList(value: JsonOut & object): value is readonly JsonOut[] {
  return Array.isArray(value);
}

function isMap(value: JsonOut & object): value is ReadonlyMap<string, JsonOut> {
  return value instanceof Map;
}

function formatString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(NOT_ASCII, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function formatNumber(value: number, ignoreNan: boolean): string {
  if (!Number.isFinite(value) || Object.is(value, -0)) return formatFloat(value, ignoreNan);
  return String(value);
}

function formatFloat(value: number, ignoreNan: boolean): string {
  if (!Number.isFinite(value)) return ignoreNan ? 'null' : String(value);
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
