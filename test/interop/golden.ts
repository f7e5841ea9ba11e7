/** The small domain of golden/recipe.json, made over HTTP, and its stored objects with names for ids. */
import { readFileSync } from 'node:fs';
import type { Client, Method } from '../kit/client.js';

interface Step {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** The name by which later steps, and the golden file, know the id of the reply. */
  readonly save?: string;
}

const FOLDER = new URL('golden/', import.meta.url);
const TIMES = /("(?:created|lastModified)": )\d+(\.\d+)?/g;

/** What HSDS stores for the recipe: text of documents, hex of chunks, by key. */
export function goldenDocuments(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(new URL('documents.json', FOLDER), 'utf8')) as Record<
    string,
    string
  >;
}

/** Sends the requests; ids by the names that the recipe gives them. */
export async function runRecipe(client: Client, domain: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const steps = JSON.parse(readFileSync(new URL('recipe.json', FOLDER), 'utf8')) as unknown[];
  for (const given of steps) {
    let text = JSON.stringify(given);
    for (const [name, id] of names) text = text.replaceAll(`\${${name}}`, id);
    const step = JSON.parse(text) as Step;
    const reply = await client.request(step.method, step.path, { domain, body: step.body });
    if (reply.status >= 300) throw new Error(`${step.method} ${step.path}: ${reply.text}`);
    if (step.save !== undefined) {
      names.set(step.save, reply.textAt(step.path === '/' ? 'root' : 'id'));
    }
  }
  return names;
}

/** Stored objects as the golden file has them. */
export function told(
  files: ReadonlyMap<string, Uint8Array>,
  names: ReadonlyMap<string, string>,
): Map<string, string> {
  const tree = new Map<string, string>();
  for (const [storedKey, content] of files) {
    let key = storedKey;
    let text = Buffer.from(content).toString(key.endsWith('.json') ? 'utf8' : 'hex');
    for (const [name, id] of names) {
      text = text.replaceAll(id, `<${name}>`);
      key = key.replace(`/${id.slice(20)}/`, `/<${name}>/`);
      key = key.replace(`db/${id.slice(2, 19)}/`, 'db/<domain>/');
    }
    tree.set(key, text.replace(TIMES, '$1<time>'));
  }
  return tree;
}
