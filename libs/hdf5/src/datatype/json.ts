import { HdfError } from '../errors.js';
import { isJsonMap, type Json, type JsonMap } from '../json/json.js';
import { toJsonMap } from '../json/literal.js';
import type { CompoundField, Datatype, EnumType, IntegerType, StringType } from './datatype.js';
import { REFERENCE_BYTES } from './datatype.js';
import { enumMembers, withEnumMappings } from './enum-members.js';
import { predefinedType } from './predefined.js';
import { itemSize } from './size.js';

/** A type and its JSON as it is stored and answered. */
export interface ParsedType {
  readonly type: Datatype;
  /** As given, but for a top-level name, which becomes an object, and `mapping` of every enum. */
  readonly json: Json;
}

/** How much is let through: what clients may send, or what may be found in storage. */
type Rule = 'client' | 'stored';

/** More than a request may have (`max_request_size`), so such elements could not be written. */
const MAX_ITEM_BYTES = 128 << 20;

/**
 * Reads a type from a request: an object with `class`, or a name like `H5T_STD_I32LE`. Ids of
 * committed types are resolved before (`withCommittedId`).
 *
 * @throws HdfError `invalid` for anything that HSDS refuses
 * @see HDF REST API, types: grammar
 */
export function parseTypeJson(json: Json): ParsedType {
  if (typeof json === 'string') {
    const expanded = expandPredefined(json);
    if (expanded === undefined) return refuse(`invalid predefined type ${json.slice(0, 60)}`);
    return parseTypeJson(expanded);
  }
  if (!isJsonMap(json)) return refuse('expected a type name or object');
  return { type: readType(json, 'client'), json: withEnumMappings(json) };
}

/**
 * Reads a type from a stored document, which may be older or newer than our rules.
 *
 * @throws HdfError `corrupt` when there is no way to understand it
 */
export function parseStoredType(json: Json): Datatype {
  try {
    return readType(json, 'stored');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'unknown type';
    throw new HdfError('corrupt', `stored type: ${message}`, { cause });
  }
}

/** The JSON of a stored type as we answer it, whichever version of HSDS wrote it. */
export function storedTypeJson(json: Json): Json {
  return (typeof json === 'string' ? expandPredefined(json) : undefined) ?? withEnumMappings(json);
}

/** The object form of a predefined name with its LE or BE; undefined for other names. */
export function expandPredefined(name: string): JsonMap | undefined {
  const type = predefinedType(name, 'required');
  if (type === undefined) return undefined;
  return toJsonMap({ class: type.class === 'float' ? 'H5T_FLOAT' : 'H5T_INTEGER', base: name });
}

/** A type whose every part is of a size that can be served. */
function readType(json: Json | undefined, rule: Rule): Datatype {
  const type = readAnyType(json, rule);
  const size = itemSize(type);
  if (size === 'variable' || size <= MAX_ITEM_BYTES || rule === 'stored') return type;
  return refuse(`item size ${size}, expected at most ${MAX_ITEM_BYTES} bytes`);
}

function readAnyType(json: Json | undefined, rule: Rule): Datatype {
  if (typeof json === 'string') {
    return predefinedType(json, 'optional') ?? refuse(`unknown type ${json.slice(0, 60)}`);
  }
  if (!isJsonMap(json)) return refuse('expected a type');
  const name = json.get('class');
  if (name !== 'H5T_ARRAY' && json.has('dims') && rule === 'client') {
    return refuse('dims on a type that is no array');
  }
  switch (name) {
    case 'H5T_INTEGER':
    case 'H5T_FLOAT':
      return readNumber(json);
    case 'H5T_STRING':
      return readString(json);
    case 'H5T_COMPOUND':
      return { class: 'compound', fields: readFields(json, rule) };
    case 'H5T_ENUM':
      return readEnum(json, rule);
    case 'H5T_ARRAY':
      return readArray(json, rule);
    case 'H5T_VLEN': {
      const base = readType(json.get('base'), rule);
      if (base.class === 'compound' && rule === 'client' && itemSize(base) === 'variable') {
        return refuse('VLEN of compounds of variable size');
      }
      return { class: 'vlen', base };
    }
    case 'H5T_REFERENCE':
      return readReference(json);
    case 'H5T_OPAQUE':
      return { class: 'opaque', size: readOpaqueSize(json.get('size')) };
    default:
      return refuse(`unknown type class ${typeof name === 'string' ? name : 'of another kind'}`);
  }
}

function readNumber(json: JsonMap): Datatype {
  const base = json.get('base');
  const type = typeof base === 'string' ? predefinedType(base, 'optional') : undefined;
  const wanted = json.get('class') === 'H5T_FLOAT' ? 'float' : 'integer';
  if (type?.class !== wanted) return refuse(`expected the base of a ${wanted} type`);
  return type;
}

function readString(json: JsonMap): StringType {
  const charSet = json.get('charSet');
  const length = json.get('length');
  if (charSet !== 'H5T_CSET_ASCII' && charSet !== 'H5T_CSET_UTF8') {
    return refuse('expected charSet H5T_CSET_ASCII or H5T_CSET_UTF8');
  }
  if (length !== 'H5T_VARIABLE' && !isCount(length)) {
    return refuse('expected a string length of H5T_VARIABLE or an integer of at least 0');
  }
  return {
    class: 'string',
    length: length === 'H5T_VARIABLE' ? 'variable' : length,
    charSet: charSet === 'H5T_CSET_UTF8' ? 'utf8' : 'ascii',
  };
}

function readFields(json: JsonMap, rule: Rule): CompoundField[] {
  const list = json.get('fields');
  if (!Array.isArray(list) || list.length === 0) return refuse('expected a list of fields');
  const names = new Set<string>();
  return list.map((item) => {
    const name = isJsonMap(item) ? item.get('name') : undefined;
    if (!isJsonMap(item) || typeof name !== 'string') return refuse('expected fields with names');
    if (names.has(name)) return refuse(`field ${name} twice`);
    if (rule === 'client' && /[\u0080-\uffff]/.test(name)) return refuse('field name not ASCII');
    names.add(name);
    return { name, type: readType(item.get('type'), rule) };
  });
}

function readEnum(json: JsonMap, rule: Rule): EnumType {
  const baseJson = json.get('base');
  if (rule === 'client' && !isJsonMap(baseJson)) return refuse('expected an object as enum base');
  const base = readType(baseJson, rule);
  if (base.class !== 'integer') return refuse('expected an integer type as enum base');
  const members = enumMembers(json);
  if (members === undefined) return refuse('expected the mapping of an enum');
  const mapping = new Map<string, bigint>();
  for (const [name, value] of members) mapping.set(name, readEnumValue(value));
  return { class: 'enum', base, mapping, boolean: isBoolean(base, mapping) };
}

function readEnumValue(value: Json): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number' || !Number.isInteger(value))
    return refuse('enum value not integer');
  return BigInt(value);
}

function isBoolean(base: IntegerType, mapping: ReadonlyMap<string, bigint>): boolean {
  const isInt8 = base.size === 1 && base.signed;
  return isInt8 && mapping.size === 2 && mapping.has('FALSE') && mapping.has('TRUE');
}

function readArray(json: JsonMap, rule: Rule): Datatype {
  const dims = json.get('dims');
  if (!Array.isArray(dims) || !dims.every(isExtent))
    return refuse('expected dims of an array type');
  // HSDS 0.9 takes only numbers, strings and arrays here; HDF5 files have compounds, too.
  return { class: 'array', dims, base: readType(json.get('base'), rule) };
}

function readReference(json: JsonMap): Datatype {
  const base = json.get('base');
  if (base !== 'H5T_STD_REF_OBJ' && base !== 'H5T_STD_REF_DSETREG') {
    return refuse('expected base H5T_STD_REF_OBJ or H5T_STD_REF_DSETREG');
  }
  const target = base === 'H5T_STD_REF_OBJ' ? 'object' : 'region';
  const length = json.get('length');
  if (!isExtent(length) || length === REFERENCE_BYTES) return { class: 'reference', target };
  return { class: 'reference', target, statedBytes: length };
}

function readOpaqueSize(size: Json | undefined): number {
  const value = typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : size;
  return isExtent(value) ? value : refuse('expected the size of an opaque type');
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isExtent(value: Json | undefined): value is number {
  return isCount(value) && value > 0;
}

function refuse(message: string): never {
  throw new HdfError('invalid', `creating type: ${message}`);
}
