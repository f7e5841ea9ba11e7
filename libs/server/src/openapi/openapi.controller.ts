import { Controller, Get, Inject } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { formatJson, RawJson, type JsonOut } from '#hdf5';
import { Access } from '../access.js';
import { openApiDocument } from './document.js';
import type { ApiNotes } from './notes.js';
import { controllersOf, routesOf } from './routes.js';

/** Injection token of the app's `ApiNotes`. */
export const API_NOTES = Symbol('ApiNotes');

/** `/openapi.json`: what this service can do, for machines; the same at every time. */
@Controller('openapi.json')
export class OpenApiController {
  private text: RawJson | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(API_NOTES) private readonly notes: ApiNotes,
  ) {}

  @Get()
  @Access({ action: null, credentials: 'ignored', domain: 'none', body: 'none', always: true })
  document(): JsonOut {
    this.text ??= new RawJson(
      formatJson(openApiDocument(routesOf(controllersOf(this.modules)), this.notes)),
    );
    return this.text;
  }
}
