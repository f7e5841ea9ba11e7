import { HdfError } from '#hdf5';

/**
 * Reads a label selector of the form `name=value,name=value` (equality only).
 * @throws HdfError `invalid` when a part is not of that form
 */
export function parseSelector(text: string): Record<string, string> {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const labels = parts.map((part) => {
    const [, name, value] = /^\s*([^=!\s]+)\s*==?\s*([^=\s]+)\s*$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) return [name, value] as const;
    throw new HdfError('invalid', `label selector: expected name=value, found '${part}'`);
  });
  if (labels.length === 0) {
    throw new HdfError('invalid', 'label selector: it is empty and would match every pod');
  }
  return Object.fromEntries(labels);
}

/** Labels as the `labelSelector` parameter: all must match. */
export function formatSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
