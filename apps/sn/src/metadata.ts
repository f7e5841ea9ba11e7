import { AclController } from './acl/acl.controller.js';
import { AclService } from './acl/acl.service.js';
import { AttributeController } from './attribute/attribute.controller.js';
import { AttributeReader } from './attribute/attribute.reader.js';
import { AttributeValueService } from './attribute/attribute-value.service.js';
import { AttributeWriter } from './attribute/attribute.writer.js';
import { CollectionController } from './collection/collection.controller.js';
import { CollectionService } from './collection/collection.service.js';
import { DatasetController } from './dataset/dataset.controller.js';
import { DatasetCreator } from './dataset/dataset.creator.js';
import { DatasetReferences } from './dataset/dataset-references.js';
import { DatasetService } from './dataset/dataset.service.js';
import { InitialValues } from './dataset/initial-values.js';
import { CommittedTypeReader } from './datatype/committed-types.js';
import { DatatypeController } from './datatype/datatype.controller.js';
import { DatatypeService } from './datatype/datatype.service.js';
import { DomainController } from './domain/domain.controller.js';
import { DomainCreator } from './domain/domain.creator.js';
import { DomainListing } from './domain/domain.listing.js';
import { DomainObjects } from './domain/domain-objects.js';
import { DomainReader } from './domain/domain.reader.js';
import { DomainScan } from './domain/domain-scan.js';
import { DomainUpkeep } from './domain/domain.upkeep.js';
import { DomainsController } from './domain/domains.controller.js';
import { ListingAnswer } from './domain/listing.answer.js';
import { GroupController } from './group/group.controller.js';
import { GroupService } from './group/group.service.js';
import { LinkController } from './link/link.controller.js';
import { LinkReader } from './link/link.reader.js';
import { LinkWriter } from './link/link.writer.js';
import { ObjectLookup } from './object-lookup.js';
import { AliasFinder } from './object/alias.finder.js';
import { CreationService } from './object/creation.service.js';
import { ObjectCreator } from './object/object.creator.js';
import { ObjectReader } from './object/object.reader.js';

/** Everything but values: domains, ACLs, groups, links, attributes, datatypes, datasets. */
export const CONTROLLERS = [
  DomainController,
  DomainsController,
  AclController,
  CollectionController,
  GroupController,
  LinkController,
  DatatypeController,
  DatasetController,
  AttributeController,
];

/** What these controllers need beside `DataNodes`, `ServerRuntime` and the value providers. */
export const PROVIDERS = [
  ObjectLookup,
  DomainReader,
  DomainObjects,
  DomainScan,
  DomainCreator,
  DomainUpkeep,
  DomainListing,
  ListingAnswer,
  AclService,
  CollectionService,
  ObjectReader,
  AliasFinder,
  ObjectCreator,
  CreationService,
  GroupService,
  LinkReader,
  LinkWriter,
  DatatypeService,
  CommittedTypeReader,
  DatasetCreator,
  DatasetReferences,
  DatasetService,
  InitialValues,
  AttributeReader,
  AttributeWriter,
  AttributeValueService,
];
