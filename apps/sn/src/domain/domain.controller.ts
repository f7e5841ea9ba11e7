import { Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RawJson, type JsonOut } from '#hdf5';
import { Access, Ctx, LOGICAL_DN_IDS, type AccessRule, type RequestContext } from '#server';
import { DomainCreator } from './domain.creator.js';
import {
  parseDeleteDomain,
  parsePathParams,
  parsePaths,
  parsePutDomain,
  parseReadDomain,
} from './domain.params.js';
import { DomainReader } from './domain.reader.js';
import { DomainUpkeep } from './domain.upkeep.js';
import { tagged } from './entity-tag.js';
import { ListingAnswer } from './listing.answer.js';

/** The services check what differs between creation, flush and deletion. */
const CHANGE: AccessRule = {
  action: null,
  credentials: 'required',
  domain: 'address',
  body: 'json-optional',
};

/** `/`: one domain or folder. */
@Controller()
export class DomainController {
  constructor(
    private readonly reader: DomainReader,
    private readonly listings: ListingAnswer,
    private readonly creator: DomainCreator,
    private readonly upkeep: DomainUpkeep,
  ) {}

  /** A domain or folder; an object of it by path; without a domain the top-level listing. */
  @Get()
  @Access({ action: 'read', credentials: 'optional', domain: 'optional-any', body: 'none' })
  async read(
    @Ctx() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut | undefined> {
    if (context.domain === undefined) return this.listings.describe(context);
    const params = parseReadDomain(context.query);
    const answer = await this.reader.read(context, params);
    return params.getObjects ? tagged(answer, request, reply) : answer;
  }

  /** Objects by several paths. */
  @Post()
  @HttpCode(200)
  @Access({ action: 'read', credentials: 'optional', domain: 'file', body: 'json' })
  readPaths(@Ctx() context: RequestContext): Promise<JsonOut> {
    const params = parsePathParams(context.query);
    return this.reader.readPaths(context, parsePaths(context.body), params);
  }

  /** Creates a domain or folder, or flushes and scans one. */
  @Put()
  @Access(CHANGE)
  async put(
    @Ctx() context: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut | undefined> {
    const params = parsePutDomain(context.query, context.body);
    const dnIds = params.getDnIds ? { dn_ids: LOGICAL_DN_IDS } : {};
    if (!params.flush && !params.rescan) {
      reply.code(201);
      return { ...(await this.creator.create(context, params)), ...dnIds };
    }
    const flushed = params.flush ? await this.upkeep.flush(context) : undefined;
    if (params.rescan) await this.upkeep.rescan(context);
    else if (flushed === 'domain' && params.getDnIds) return dnIds;
    reply.code(204);
    return undefined;
  }

  /** Deletes a domain or an empty folder; answers `null`, as HSDS does. */
  @Delete()
  @Access(CHANGE)
  async remove(@Ctx() context: RequestContext): Promise<JsonOut> {
    const { metaOnly, keepRoot } = parseDeleteDomain(context.query, context.body);
    // HSDS drops a node's cached copy; there is none here that could be stale.
    if (metaOnly) return {};
    await this.upkeep.remove(context, keepRoot);
    return new RawJson('null');
  }
}
