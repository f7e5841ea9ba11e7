import { Injectable } from '@nestjs/common';
import { HdfError, type DomainDocument } from '#hdf5';
import { DataNodes, type CallContext, type DomainAddress, type ObjectRecord } from '#dn-client';
import { DomainAccess } from '#server';

/** Gives the access guard what it decides on, always fresh from the owner. */
@Injectable()
export class NodesDomainAccess extends DomainAccess {
  constructor(private readonly nodes: DataNodes) {
    super();
  }

  async readDomain(address: DomainAddress, call: CallContext): Promise<DomainDocument> {
    const { document } = await this.nodes.call('domain.read', address, call);
    return document;
  }

  async readObject(bucket: string, id: string, call: CallContext): Promise<ObjectRecord> {
    const request = { bucket, ids: [id], links: false, attributes: false };
    const { objects } = await this.nodes.call('object.read', request, call);
    const [record] = objects;
    if (record === undefined) throw new HdfError('internal', `no reply for ${id}`);
    if ('document' in record) return record;
    throw new HdfError(record.kind, record.message);
  }
}
