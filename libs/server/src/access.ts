import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type ExecutionContext,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { defined, HdfError } from '#hdf5';
import type { AccessRule, RequestContext } from './request-context.js';

const ACCESS_RULE = Symbol('access rule');
/** Nest's own metadata key that marks a controller method as a route. */
const ROUTE_PATH = 'path';

/** States what a route needs; the access guard enforces it. Every route must have one. */
export function Access(rule: AccessRule): MethodDecorator {
  return SetMetadata(ACCESS_RULE, Object.freeze(rule));
}

/** Gives a controller method the request's `RequestContext`, as the access guard left it. */
export const Ctx = createParamDecorator((_data: unknown, host: ExecutionContext) =>
  contextOf(host.switchToHttp().getRequest<FastifyRequest>()),
);

/** @throws HdfError `internal` when the guard has not run */
export function contextOf(request: FastifyRequest): RequestContext {
  return defined(request.hsds, 'request context');
}

/** The rule of a route handler, when it has one. */
export function accessRuleOf(handler: object): AccessRule | undefined {
  return Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined;
}

/** Routes of a controller class without a rule, as `Class.method`. */
export function routesWithoutRule(controller: abstract new (...args: never[]) => object): string[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => [name, Object.getOwnPropertyDescriptor(prototype, name)?.value] as const)
    .filter(([, method]) => typeof method === 'function')
    .filter(([, method]) => Reflect.hasMetadata(ROUTE_PATH, method as object))
    .filter(([, method]) => accessRuleOf(method as object) === undefined)
    .map(([name]) => `${controller.name}.${name}`);
}

/** Stops the start when any controller has a route without `@Access`. */
@Injectable()
export class AccessCheck implements OnApplicationBootstrap {
  constructor(private readonly modules: ModulesContainer) {}

  /** @throws HdfError `internal` naming every such route */
  onApplicationBootstrap(): void {
    const open = [...this.modules.values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : []))
      .flatMap((controller) => routesWithoutRule(controller as new () => object));
    if (open.length > 0)
      throw new HdfError('internal', `routes without @Access: ${open.join(', ')}`);
  }
}
