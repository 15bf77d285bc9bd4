import { createReferenceEngine } from '@agon/engine-reference'
import { fit } from '../src/index.js'
import { checkpointFile } from '../src/node/index.js'
import { tinyNet, tinyOptions, tinySet } from './tiny-fit.js'

/** A fit that keeps a checkpoint after every update, in the file that is named last; run in a process that is killed. */
await fit(createReferenceEngine(), tinyNet, tinySet, {
  ...tinyOptions,
  checkpoint: checkpointFile(process.argv.at(-1)!),
  checkpointEvery: 1,
  // Slow enough to be killed on the way.
  onProgress: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
})
