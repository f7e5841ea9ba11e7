/** One setting's value, from text or from YAML, to its type. */
import type { KeySpec, KeyValue } from './key-spec.js';

/** What was wrong; the caller adds the setting and the source. */
export interface BadValue {
  readonly expected: string;
}

/** `keep`: the value says nothing, the next source decides. */
export type ParsedValue = { readonly value: KeyValue } | BadValue | 'keep';

const TRUE = /^(?:true|t|yes|y|on|1)$/i;
const FALSE = /^(?:false|f|no|n|off|0)$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * @param raw text of a flag or variable, or a YAML value; empty text and null empty a text or list
 *   setting and leave others to the next source
 */
export function parseValue(spec: KeySpec, raw: unknown): ParsedValue {
  if (raw === null || raw === undefined || raw === '') return emptyValue(spec);
  switch (spec.type) {
    case 'bool':
      return parseBool(raw);
    case 'int':
    case 'number':
      return parseNumber(spec, raw);
    case 'size':
      return parseSize(raw);
    case 'list':
      return parseList(raw);
    case 'choice':
      return parseChoice(spec.choices ?? [], raw);
    case 'text':
    case 'optional':
      return scalarText(raw) ?? { expected: 'text' };
  }
}

function emptyValue(spec: KeySpec): ParsedValue {
  if (spec.type === 'text') return { value: '' };
  if (spec.type === 'optional') return { value: null };
  return spec.type === 'list' ? { value: [] } : 'keep';
}

function scalarText(raw: unknown): { value: string } | undefined {
  const scalar = typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean';
  return scalar ? { value: String(raw) } : undefined;
}

function trimmed(raw: unknown): string {
  return scalarText(raw)?.value.trim() ?? '';
}

function parseBool(raw: unknown): ParsedValue {
  if (TRUE.test(trimmed(raw))) return { value: true };
  if (FALSE.test(trimmed(raw))) return { value: false };
  return { expected: 'true or false' };
}

function parseNumber(spec: KeySpec, raw: unknown): ParsedValue {
  const min = spec.min ?? 0;
  const whole = spec.type === 'int';
  const expected = `${whole ? 'a whole number' : 'a number'} of at least ${min}`;
  const text = trimmed(raw);
  const value = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)
    ? Number(text)
    : NaN;
  const legal = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
  return legal && value >= min ? { value } : { expected };
}

function parseSize(raw: unknown): ParsedValue {
  const match = /^([0-9]+)\s*([kmg]?)b?$/i.exec(trimmed(raw));
  const value = Number(match?.[1] ?? NaN) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? NaN);
  if (Number.isSafeInteger(value)) return { value };
  return { expected: 'bytes, perhaps with k, m or g (4m)' };
}

function parseList(raw: unknown): ParsedValue {
  const items = Array.isArray(raw) ? raw.map(trimmed) : trimmed(raw).split(',');
  if (typeof raw === 'object' && !Array.isArray(raw)) return { expected: 'a comma list' };
  return { value: items.map((item) => item.trim()).filter((item) => item !== '') };
}

function parseChoice(choices: readonly string[], raw: unknown): ParsedValue {
  const text = trimmed(raw).toLowerCase();
  const value = choices.find((word) => word.toLowerCase() === text);
  return value === undefined ? { expected: `one of ${choices.join(', ')}` } : { value };
}
