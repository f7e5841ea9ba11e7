import { systemClock } from '../runtime/clock.js';
import { RetryLayer } from '../layers/retry.js';
import { systemRandom } from '../runtime/random.js';
import { describeObjectStore } from '../testing/index.js';
import { S3Store } from './s3.js';

const sources = { clock: systemClock, random: systemRandom };
const endpoint = process.env['HSDS_TEST_S3_ENDPOINT'];

if (endpoint === undefined) {
  // Loud, because a driver without its contract test is not a tested driver.
  console.warn('SKIPPED: S3 contract; run it under scripts/s3-test-server.sh run');
  describe.skip('object store contract: s3', () => {
    it('needs HSDS_TEST_S3_ENDPOINT', () => undefined);
  });
} else {
  const credentials = () =>
    Promise.resolve({
      accessKeyId: process.env['HSDS_TEST_S3_KEY'] ?? 'test',
      secretAccessKey: process.env['HSDS_TEST_S3_SECRET'] ?? 'test',
    });
  const bareEtags = process.env['HSDS_TEST_S3_BARE_ETAGS'] === '1';
  // moto ignores the condition of a deletion; docs/storage-drivers.md lists such gaps.
  const conditionalDelete = process.env['HSDS_TEST_S3_CONDITIONAL_DELETE'] === '1';
  describeObjectStore(
    's3',
    () => {
      const driver = new S3Store({ endpoint, credentials, bareEtags }, systemClock);
      // moto answers some of many concurrent writes with 500: retried, as in the product.
      return Promise.resolve({ store: new RetryLayer(driver, sources) });
    },
    { etagPerWrite: false, conditionalDelete },
  );
}
