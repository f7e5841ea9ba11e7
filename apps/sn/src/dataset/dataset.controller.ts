import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, BY_PATH_SEGMENT, Ctx, type AccessRule, type RequestContext } from '#server';
import { ObjectReader } from '../object/object.reader.js';
import { parseReadObject } from '../object/object.params.js';
import { DatasetCreator } from './dataset.creator.js';
import { DatasetService } from './dataset.service.js';

const DATASET = { domain: 'file', object: 'datasets' } as const;
const READ: AccessRule = { ...DATASET, action: 'read', credentials: 'optional', body: 'none' };

/** `/datasets`: creation, and one dataset by id or path, but not its values. */
@Controller('datasets')
export class DatasetController {
  constructor(
    private readonly creator: DatasetCreator,
    private readonly datasets: DatasetService,
    private readonly reader: ObjectReader,
  ) {}

  @Post()
  @HttpCode(201)
  @Access({ action: 'create', credentials: 'required', domain: 'file', body: 'json' })
  create(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.creator.create(context);
  }

  @Get(BY_PATH_SEGMENT)
  @Access({ action: 'read', credentials: 'optional', domain: 'file', body: 'none' })
  readByPath(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.reader.readByPath(context, 'datasets', parseReadObject(context.query));
  }

  @Get(':id')
  @Access(READ)
  read(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.reader.read(context, parseReadObject(context.query));
  }

  @Get(':id/type')
  @Access(READ)
  readType(@Ctx() context: RequestContext): JsonOut {
    return this.datasets.readPart(context, 'type');
  }

  @Get(':id/shape')
  @Access(READ)
  readShape(@Ctx() context: RequestContext): JsonOut {
    return this.datasets.readPart(context, 'shape');
  }

  @Put(':id/shape')
  @HttpCode(201)
  @Access({ ...DATASET, action: 'update', credentials: 'required', body: 'json' })
  resize(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.datasets.resize(context);
  }

  @Delete(':id')
  @Access({ ...DATASET, action: 'delete', credentials: 'required', body: 'none' })
  async remove(@Ctx() context: RequestContext): Promise<JsonOut> {
    await this.datasets.remove(context);
    return {};
  }
}
