import { isJsonMap, JsonFloat, type Attribute, type Json, type JsonOut } from '#hdf5';

/** An attribute as objects with `attributes` hold it; `value` is null when there is none. */
export function attributeMembers(attribute: Attribute): Record<string, JsonOut> {
  return {
    type: attribute.type,
    shape: attribute.shape,
    value: attribute.value,
    ...encodingMember(attribute.encoding),
    created: attribute.created,
  };
}

/** `encoding` when there is one. */
export function encodingMember(encoding: 'base64' | undefined): Record<string, JsonOut> {
  return encoding === undefined ? {} : { encoding };
}

/** Attributes by name, in creation order: a copy that later changes do not touch. */
export function attributesObject(
  attributes: ReadonlyMap<string, Attribute>,
): ReadonlyMap<string, JsonOut> {
  return new Map([...attributes].map(([name, one]) => [name, attributeMembers(one)]));
}

/** The value with null for NaN and the infinities; itself when it has none. */
export function withoutNan(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(withoutNan);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (isJsonMap(value)) return new Map([...value].map(([key, item]) => [key, withoutNan(item)]));
  const number = value instanceof JsonFloat ? value.value : value;
  return typeof number === 'number' && !Number.isFinite(number) ? null : value;
}
