import { ChunkIo } from './chunk-io.js';
import { ChunkSources } from './chunk-sources.js';
import { QueryAnswers } from './query-answers.js';
import { ValueExchange } from './value.exchange.js';
import { ValueController } from './value.controller.js';
import { ValueQuery } from './value.query.js';
import { ValueTurns } from './value-turns.js';
import { ValueReader } from './value.reader.js';
import { ValueWriter } from './value.writer.js';

/** Reading, writing and searching the elements of datasets. */
export const VALUE_CONTROLLERS = [ValueController];
export const VALUE_PROVIDERS = [
  ChunkIo,
  ChunkSources,
  QueryAnswers,
  ValueExchange,
  ValueQuery,
  ValueReader,
  ValueTurns,
  ValueWriter,
];
