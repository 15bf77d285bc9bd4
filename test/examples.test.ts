import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

const versions = new Map(
  readdirSync(join(root, 'packages')).map((folder) => {
    const { name, version } = JSON.parse(read('packages', folder, 'package.json')) as Manifest
    return [name, version]
  })
)
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
const packages = ['packages/cli/templates/method', ...examples.map(({ name }) => `examples/${name}`)]

describe.each(packages)('%s', (folder) => {
  const manifest = JSON.parse(read(folder, 'package.json')) as Manifest

  it('asks for the packages of this workspace by their versions', () => {
    const asked = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }
    const ours = Object.entries(asked).filter(([name]) => versions.has(name))
    expect(ours.length).toBeGreaterThan(0)
    for (const [name, range] of ours) expect(`${name} ${range}`).toBe(`${name} ^${versions.get(name)!}`)
  })
})

describe('examples', () => {
  it.each(examples.map(({ name }) => name))('%s imports nothing of Agon but types', (name) => {
    for (const file of readdirSync(join(root, 'examples', name, 'src'))) {
      expect(read('examples', name, 'src', file)).not.toMatch(/^import (?!type ).*'(@agon\/|agon)/m)
    }
  })

  it('are what docs/plugins.md shows', () => {
    const code = [...read('docs', 'plugins.md').matchAll(/```ts\n([^]*?)```/g)].map(([, block]) => block)
    expect(code).toContain(read('examples/method-input-x-blurred-gradient/src/input-x-blurred-gradient.ts'))
    expect(code).toContain(read('packages/cli/templates/method/test/my-method.test.ts'))
  })
})
