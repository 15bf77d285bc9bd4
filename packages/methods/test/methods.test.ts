import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine } from '@agon/engine-reference'
import { methods } from '@agon/methods'
import { tinyCnn, tinyResidual, type MethodFactory } from '@agon/testing'
import { testMethod } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.ts') && name !== 'index.ts')

/** Methods that need pictures. */
const ofPictures = ['grad-cam', 'grad-cam++', 'x-grad-cam', 'layer-cam', 'guided-grad-cam', 'full-grad']

/** A file cannot be called grad-cam++ everywhere. */
const fileOf = (name: string): string => name.replace('++', '-plus-plus')

/** Few inputs are enough to see what a method is. */
const few: Readonly<Record<string, object>> = {
  'integrated-gradients': { steps: 4 },
  'expected-gradients': { samples: 3 },
  'gradient-shap': { samples: 3 },
  'deep-lift-shap': {},
  'smooth-grad': { samples: 3 },
  'smooth-grad-squared': { samples: 3 },
  'var-grad': { samples: 12 }, // so many that some of them cross a kink
  'competitive-integrated-gradients': { steps: 4 },
  occlusion: { window: 2 },
  'feature-ablation': { segments: 'grid', cell: 3 },
  rise: { samples: 12 },
  'shapley-sampling': { segments: 'grid', cell: 3, samples: 2 },
  'kernel-shap': { segments: 'grid', cell: 3, samples: 40 },
  lime: { segments: 'grid', cell: 3, samples: 20 },
  'competitive-shapley': { segments: 'grid', cell: 3, samples: 2 }
}

/** Maps of one sign that are much alike for all labels: where one label leads everywhere, another keeps nothing. */
const skips: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'excitation-backprop': {
    'tiny-residual: in a competition it keeps its own values or nothing': 'the explained label leads nowhere'
  }
}

for (const { name, create } of methods) {
  testMethod(create as MethodFactory, {
    engine: createReferenceEngine(),
    ...(few[name] && { options: few[name] }),
    ...(skips[name] && { skip: skips[name] }),
    ...(ofPictures.includes(name) && { models: [tinyCnn(), tinyResidual()] })
  })
}

describe('the methods', () => {
  it('are registered each, under the name of their file', () => {
    expect(methods.names.map(fileOf).sort()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).sort())
  })

  it.each([...methods])('$name is what its entry says', ({ name, competitive, create }) => {
    const method = create()
    expect(method.name).toBe(name)
    expect(method.cite).toMatch(/(arXiv \d{4}\.\d{4,5}|doi 10\.\d{4,9}\/\S+)$/)
    expect(method.pass === undefined).toBe(competitive || name in few || ofPictures.includes(name))
  })

  it.each([...methods.names])('%s is in the table of the README and has a page', (name) => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`| \`${name}\` |`)
    const page = readFileSync(join(root, '../../docs/methods', `${fileOf(name)}.md`), 'utf8')
    expect(page.startsWith(`# ${name}\n`)).toBe(true)
  })
})
