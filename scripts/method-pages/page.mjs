import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { draws } from './measure.mjs'

const docs = join(import.meta.dirname, '../../docs/methods')
const block = /\n<!-- measured -->[\s\S]*<!-- \/measured -->\n/

/** Below this similarity less than half of the order of the pixels is left: the check is passed if the mean and one standard deviation lie below. */
const threshold = 0.5

export function picturePath(name) {
  return join(docs, 'pictures', `${fileName(name)}.png`)
}

/** `grad-cam++` has the page `grad-cam-plus-plus.md`. */
function fileName(name) {
  return name.replace('++', '-plus-plus')
}

/** Writes what was measured at the end of the method's page, in place of what stood there. */
export function writeBlock(name, figures, { label, pictures, options }) {
  const path = join(docs, `${fileName(name)}.md`)
  if (!existsSync(path)) throw new Error(`${path} is missing: write the page first`)
  const text = readFileSync(path, 'utf8').replace(block, '')
  writeFileSync(path, `${text.trimEnd()}\n${blockOf(name, figures, { label, pictures, options })}`)
}

function blockOf(name, figures, { label, pictures, options }) {
  const { otherLabel, lastLayer, allLayers, input, kept, thinned, removed, removedAtRandom, gap } = figures
  const given = Object.keys(options).length === 0 ? 'defaults' : `\`${JSON.stringify(options)}\``
  const rows = [
    ['another label', similarity(otherLabel), verdict(otherLabel)],
    ...(thinned === undefined
      ? []
      : [
          [
            'another label, no contest: base maps thinned at random',
            similarity(thinned),
            `${(100 * kept.mean).toFixed(1)} % kept`
          ]
        ]),
    ['last layer redrawn', similarity(lastLayer), verdict(lastLayer)],
    ['all layers redrawn', similarity(allLayers), verdict(allLayers)],
    ['the input itself', similarity(input), 'for comparison'],
    [
      'highest tenth of the pixels set to 0',
      `logit falls by ${spread(removed)}`,
      `a random tenth: ${spread(removedAtRandom)}`
    ],
    ...(gap === undefined ? [] : [['completeness, largest relative gap', gap.toExponential(1), '']])
  ]
  const table = [['against', 'measured', ''], ['---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
  return `
<!-- measured -->
## Measured

![${name}, ${label}](pictures/${fileName(name)}.png)

The embedded Fashion-MNIST classifier, its ${pictures} pictures, ${given}, seed 0, label fixed; ${draws} draws of each layer's weights (normal, mean and
deviation kept). Similarity: Spearman of |map|, mean ± standard deviation; passed if their sum is below ${threshold}, failed if their difference is above.
\`node scripts/method-pages/main.mjs ${name}\`

${table}
<!-- /measured -->
`
}

function similarity(figure) {
  return `similarity ${spread(figure)}`
}

function spread({ mean, deviation }) {
  return `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`
}

function verdict({ mean, deviation }) {
  if (mean + deviation < threshold) return 'passes'
  return mean - deviation > threshold ? 'fails' : 'cannot tell'
}
