/** What scanners ask of the Dockerfile, and that it names the programs that the manifests start. */
import { readFileSync } from 'node:fs';
import { OVERLAYS, describeWith, render } from './rendered.js';

const text = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const lines = text
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const after = lines.slice(lines.findIndex((line) => line.endsWith(' AS run')));

describe('Dockerfile', () => {
  it('starts from a base that a build argument fixes', () => {
    expect(lines[0]).toMatch(/^ARG NODE_IMAGE=docker\.io\/library\/node:24-[\w-]+$/);
    const froms = lines.filter((line) => line.startsWith('FROM '));
    expect(froms).toEqual(['FROM ${NODE_IMAGE} AS build', 'FROM ${NODE_IMAGE} AS run']);
  });

  it('ends as a numbered user, with the program as process 1', () => {
    expect(after.filter((line) => line.startsWith('USER '))).toEqual(['USER 10001:10001']);
    expect(after).toContain('ENTRYPOINT ["node"]');
    expect(after).toContain('STOPSIGNAL SIGTERM');
  });

  it('puts nothing into the image but the build and its packages', () => {
    const copies = after.filter((line) => /^(?:COPY|ADD) /.test(line));
    expect(copies).toEqual([
      'COPY --from=build /app/node_modules ./node_modules',
      'COPY --from=build /app/dist ./dist',
      'COPY --from=build /app/package.json ./package.json',
    ]);
    expect(text).not.toMatch(/^(?:ENV|ARG) .*(?:PASSWORD|SECRET|TOKEN)/im);
  });
});

describeWith(['bin/kustomize'], 'image of the manifests', () => {
  it.each(OVERLAYS)('%s runs one image in both roles', (overlay) => {
    const rendered = render(overlay);
    const images = ['hsds-sn', 'hsds-dn'].map((name) => rendered.container(name).image);
    expect(new Set(images)).toEqual(new Set(['hsds-ts:0.1.0']));
  });
});
