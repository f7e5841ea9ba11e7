import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = /^\.(domain|group|dataset|datatype|info|summary)\.json$/;
const CHUNK = /^\d+(_\d+)*$/;

/**
 * What is wrong with the files of a bucket: documents that do not parse, names that HSDS would take
 * for something else, chunks of `chunkSizes` (bytes by dataset folder name) with another size.
 */
export function diskComplaints(bucket: string, chunkSizes: ReadonlyMap<string, number>): string[] {
  const complaints: string[] = [];
  for (const path of readdirSync(bucket, { recursive: true, encoding: 'utf8' })) {
    const file = join(bucket, path);
    if (!statSync(file).isFile()) continue;
    const [name = '', folder = ''] = path.split('/').reverse();
    if (DOCUMENT.test(name)) {
      if (!parses(file)) complaints.push(`${path} does not parse`);
    } else if (!path.startsWith('db/') || !CHUNK.test(name)) {
      complaints.push(`${path} is neither document nor chunk`);
    } else {
      const size = chunkSizes.get(folder);
      const found = statSync(file).size;
      if (size !== undefined && size !== found)
        complaints.push(`${path}: ${found} of ${size} bytes`);
    }
  }
  return complaints;
}

function parses(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
