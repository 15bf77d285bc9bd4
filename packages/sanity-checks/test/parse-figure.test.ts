import { AgonError } from '@agon/core'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultFigures, normalisations, parseFigure, similarities, topIntersection } from '../src/index.js'
import { formulaMap } from './formula-maps.js'

const shape = [1, 48, 50]
const [a, b] = [formulaMap(['noise', 1], shape), formulaMap(['noisy-blobs', 2], shape)]

describe('a figure', () => {
  it('is a similarity by its name, after the normalisations in brackets', () => {
    expect(parseFigure('spearman')).toBe(similarities.get('spearman'))
    const figure = parseFigure('spearman(abs)')
    expect(figure.name).toBe('spearman(abs)')
    expect(figure.cite).toContain('Spearman')
    expect(figure.formula).toMatch(/ranks.*abs: \|x\|/)
    const by = similarities.get('spearman').compare
    expect(figure.compare(a, b, shape)).toBe(by(a.map(Math.abs), b.map(Math.abs), shape))
    expect(figure.compare(a, b, shape)).not.toBe(by(a, b, shape))
  })

  it('applies several from left to right', () => {
    const [by, minMax] = [similarities.get('euclidean').compare, normalisations.get('min-max')]
    const absFirst = by(minMax.apply(a.map(Math.abs)), minMax.apply(b.map(Math.abs)), shape)
    const absLast = by(minMax.apply(a).map(Math.abs), minMax.apply(b).map(Math.abs), shape)
    expect(parseFigure('euclidean(abs,min-max)').compare(a, b, shape)).toBe(absFirst)
    expect(parseFigure('euclidean(min-max,abs)').compare(a, b, shape)).toBe(absLast)
    expect(absFirst).not.toBe(absLast)
  })

  it('is named without spaces and without none', () => {
    expect(parseFigure(' ssim-gaussian( abs, clip-99 ) ').name).toBe('ssim-gaussian(abs,clip-99)')
    expect(parseFigure('cosine(none)')).toBe(similarities.get('cosine'))
    expect(parseFigure('cosine(none,abs)').name).toBe('cosine(abs)')
  })

  it('may be of a plugin', () => {
    const more = similarities.with(topIntersection({ count: 7 }))
    expect(parseFigure('top-7(abs)', more).compare(a, a, shape)).toBe(1)
    expect(() => parseFigure('top-7(abs)')).toThrow(/similarity 'top-7'/)
  })

  it('that does not exist is told from those that do', () => {
    expect(() => parseFigure('spearmann(abs)')).toThrow(/one of spearman, .*Did you mean 'spearman'/)
    expect(() => parseFigure('spearman(min-maxx)')).toThrow(/one of none, abs, .*Did you mean 'min-max'/)
    for (const text of ['', '(abs)', 'spearman(abs', 'spearman)', 'spearman(abs)x', 'spearman((abs))', 'a,b']) {
      expect(() => parseFigure(text), text).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }) as Error)
    }
    for (const text of ['spearman()', 'spearman(abs,)']) expect(() => parseFigure(text), text).toThrow(AgonError)
  })
})

it('default figures exist, fit their shape, and tell maps apart', () => {
  for (const of of [[1, 48, 48], [3, 28, 28], [1, 8, 8], [20, 12], [60]]) {
    const size = of.reduce((product, extent) => product * extent, 1)
    for (const text of defaultFigures(of)) {
      const figure = parseFigure(text)
      expect(figure.name).toBe(text)
      expect(figure.compare(a.slice(0, size), a.slice(0, size), of)).toBe(1)
      expect(figure.compare(a.slice(0, size), b.slice(0, size), of)).toBeLessThan(0.9)
    }
  }
  expect(defaultFigures([3, 224, 224])).toContain('hog-pearson(abs,clip-99)')
  expect(defaultFigures([1, 28, 28])).toEqual([
    'spearman',
    'spearman(abs)',
    'spearman-nonzero',
    'ssim-gaussian(abs,clip-99)'
  ])
})

describe('normalisations', () => {
  it('cut outliers by the elements that are not 0, however few they are', () => {
    const sparse = new Float32Array(1000)
    sparse.set([1, -2, 3], 500)
    const cut = normalisations.get('clip-99').apply(sparse)
    expect([...cut.slice(500, 503)]).toEqual([1 / 2.98, -2 / 2.98, 1].map(Math.fround))
  })

  it.each(normalisations.names)('%s has a source, a formula and a row in the page', (name) => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'similarities.md'), 'utf8')
    const { cite, formula } = normalisations.get(name)
    expect(Math.min(cite.length, formula.length)).toBeGreaterThan(0)
    expect(page.split('\n').some((line) => line.startsWith(`| \`${name}\``))).toBe(true)
  })
})
