/** The routes of Nest controllers, as their decorators state them. */
import { RequestMethod } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { defined } from '#hdf5';
import { accessRuleOf } from '../access.js';
import type { AccessRule } from '../request-context.js';
import { BY_PATH_SEGMENT } from '../route-table.js';

/** Nest's own metadata keys. */
const PATH = 'path';
const METHOD = 'method';
const STATUS = '__httpCode__';

export interface ApiRoute {
  /** Lower case: `get`. */
  readonly method: string;
  /** As in OpenAPI: `/groups/{id}`; `/groups/` for the lookup by path. */
  readonly path: string;
  readonly rule: AccessRule;
  /** Of `@HttpCode`, else 200; routes with several say so in their note. */
  readonly status: number;
}

/** A controller class as Nest keeps it. */
type Controller = abstract new (...args: never[]) => object;

/** Every controller of a running application, once. */
export function controllersOf(modules: ModulesContainer): Controller[] {
  const all = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  const classes = all.flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : []));
  return [...new Set(classes as Controller[])];
}

/** Routes between the nodes are no part of the API. */
const INTERNAL = /^\/(?:internal|dn)\//;

/** The public routes of controllers, by path and method. */
export function routesOf(controllers: readonly Controller[]): ApiRoute[] {
  return controllers
    .flatMap(controllerRoutes)
    .filter(({ path }) => !INTERNAL.test(path))
    .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

function controllerRoutes(controller: Controller): ApiRoute[] {
  const bases = textsOf(Reflect.getMetadata(PATH, controller));
  const prototype = controller.prototype as Record<string, unknown>;
  const handlers = Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown)
    .filter((value): value is object => typeof value === 'function')
    .filter((value) => Reflect.hasMetadata(PATH, value));
  return handlers.flatMap((handler) =>
    bases.flatMap((base) =>
      textsOf(Reflect.getMetadata(PATH, handler)).map((path) => ({
        method: methodOf(handler),
        path: openApiPath(base, path),
        rule: defined(accessRuleOf(handler), 'access rule'),
        status: (Reflect.getMetadata(STATUS, handler) as number | undefined) ?? 200,
      })),
    ),
  );
}

function textsOf(metadata: unknown): string[] {
  return Array.isArray(metadata) ? (metadata as string[]) : [String(metadata)];
}

function methodOf(handler: object): string {
  const code = Reflect.getMetadata(METHOD, handler) as RequestMethod;
  return RequestMethod[code].toLowerCase();
}

function openApiPath(base: string, path: string): string {
  const segments = `${base}/${path}`.split('/').filter((segment) => segment !== '');
  const named = segments.map((segment) =>
    segment.startsWith(':') ? `{${segment.slice(1)}}` : segment.replace(BY_PATH_SEGMENT, ''),
  );
  return `/${named.join('/')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
