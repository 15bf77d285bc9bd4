import { completeness, createRandom, explainSession, keptShare, rowsOf, spearman, sumAxis } from 'agon'
import { moments, redraw } from './redraw.mjs'

/** Randomizations per check. */
export const draws = 3

/**
 * What a page says of a method, each figure with its mean and standard deviation over pictures (and draws):
 * - how alike |map| is (Spearman, average ranks) to the |map| of another label, of the model with its last layer redrawn, with all layers redrawn;
 * - how alike it is to |input|, which is no merit;
 * - for a method in which labels compete over the maps of `base`: how alike two base maps are, those of the label and of the other label, once both were
 *   thinned at random to the share of pixels that the competition kept: thinning alone makes maps unlike;
 * - by how much the explained logit falls when the tenth of the pixels with the highest scores becomes 0, and when a random tenth does.
 */
export async function measure(engine, model, input, method, base) {
  const session = await engine.load(model)
  try {
    const own = await explainSession(session, input, method)
    const maps = mapsOf(own.attribution)
    const similar = (to) => maps.map((map, n) => alike(map, to[n]))
    const target = otherLabels(own)
    const others = await explainSession(session, input, method, { target })
    return {
      otherLabel: moments(similar(mapsOf(others.attribution))),
      lastLayer: moments(await overDraws(engine, model, 'last', input, method, own.target, similar)),
      allLayers: moments(await overDraws(engine, model, 'all', input, method, own.target, similar)),
      input: moments(similar(mapsOf(input))),
      ...(base && (await thinning(session, input, base, [own, others]))),
      removed: moments(await falls(session, input, own, (n) => ranked(maps[n]))),
      removedAtRandom: moments(await falls(session, input, own, (n) => createRandom(n).permutation(maps[n].length))),
      ...gapOf(method, own)
    }
  } finally {
    session.dispose()
  }
}

async function overDraws(engine, model, layers, input, method, target, similar) {
  const found = []
  for (let draw = 1; draw <= draws; draw++) {
    const session = await engine.load(redraw(model, layers, draw))
    const { attribution } = await explainSession(session, input, method, { target })
    found.push(...similar(mapsOf(attribution)))
    session.dispose()
  }
  return found
}

/** The kept share of a competition, and the similarity of base maps of its two labels, each thinned at random to what it kept. */
async function thinning(session, input, base, contests) {
  const sides = []
  for (const [side, { attribution, target }] of contests.entries()) {
    const kept = mapsOf(attribution).map(keptShare)
    const { attribution: whole } = await explainSession(session, input, base, { target })
    sides.push(mapsOf(whole).map((map, n) => thinned(map, kept[n], createRandom(0).fork('thin', side, n))))
  }
  const kept = mapsOf(contests[0].attribution).map(keptShare)
  return { kept: moments(kept), thinned: moments(sides[0].map((map, n) => alike(map, sides[1][n]))) }
}

/** The map with all but a share of its pixels, drawn at random, set to 0. */
function thinned(map, share, random) {
  const left = new Set(random.permutation(map.length).slice(0, Math.round(share * map.length)))
  return map.map((value, pixel) => (left.has(pixel) ? value : 0))
}

/** One value a pixel. */
function mapsOf(tensor) {
  return rowsOf(sumAxis(tensor, 1))
}

function alike(a, b) {
  return spearman(a.map(Math.abs), b.map(Math.abs))
}

/** For every example a label that it is not explained for, drawn from a stream of its own. */
function otherLabels({ target, logits }) {
  const count = logits.shape[1]
  return target.map(
    (label, n) =>
      (label +
        1 +
        createRandom(0)
          .fork('other', n)
          .integer(count - 1)) %
      count
  )
}

/** Pixels from the highest score down. */
function ranked(map) {
  return [...map.keys()].sort((a, b) => map[b] - map[a])
}

/** How far the explained logit falls when the first tenth of the pixels, in the order given, becomes 0. */
async function falls(session, input, { target, logits }, orderOf) {
  const rows = rowsOf(input)
  const pixels = input.shape[2] * input.shape[3]
  const data = Float32Array.from(input.data)
  rows.forEach((row, n) => {
    for (const pixel of orderOf(n).slice(0, Math.round(pixels / 10))) {
      for (let at = pixel; at < row.length; at += pixels) data[n * row.length + at] = 0
    }
  })
  const after = rowsOf(await session.forward({ shape: input.shape, data }))
  return rowsOf(logits).map((row, n) => row[target[n]] - after[n][target[n]])
}

/** The completeness gap of a method whose maps claim to add up, largest over the pictures. */
function gapOf(method, explanation) {
  const gaps = explanation.target.map((_, n) => completeness(method, explanation, n)?.relativeGap)
  return gaps.every((gap) => gap !== undefined) ? { gap: Math.max(...gaps) } : {}
}
