// The first test pictures of a data set as PNG files: node scripts/mnist-pictures.mjs [--data mnist] [--count 10] --out DIR   (after `agon fetch mnist`)
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { batchOf, readDataSet } from '../packages/agon/dist/index.js'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: 'mnist' },
    count: { type: 'string', default: '10' },
    out: { type: 'string' }
  }
})
if (options.out === undefined) {
  console.error('usage: node scripts/mnist-pictures.mjs [--data mnist] [--count 10] --out DIR')
  process.exit(2)
}
const { test, classes } = await readDataSet(options.data)
const side = test.shape.at(-1)
mkdirSync(options.out, { recursive: true })
for (let n = 0; n < Number(options.count); n++) {
  const { input, labels } = batchOf(test, [n])
  const pixels = Uint8Array.from(input.data, (value) => Math.round(255 * value))
  const path = join(options.out, `${String(n).padStart(3, '0')}-${classes[labels[0]]}.png`)
  await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toFile(path)
  console.log(path)
}
