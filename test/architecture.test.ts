import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The dependency picture of docs/architecture.md: package -> the workspace packages it may depend on. */
const picture: Readonly<Record<string, readonly string[]>> = {
  '@agon/core': [],
  '@agon/graph': ['@agon/core'],
  '@agon/methods': ['@agon/core', '@agon/graph'],
  '@agon/render': ['@agon/core'],
  '@agon/images': ['@agon/core'],
  '@agon/smooth-activations': ['@agon/core', '@agon/graph'],
  '@agon/sanity-checks': ['@agon/core', '@agon/graph'],
  '@agon/metrics': ['@agon/core'],
  '@agon/train': ['@agon/core', '@agon/graph'],
  '@agon/report': ['@agon/core'],
  '@agon/check-runner': ['@agon/core', '@agon/sanity-checks', '@agon/report', '@agon/render', '@agon/images'],
  '@agon/engine-reference': ['@agon/core', '@agon/graph'],
  '@agon/native': ['@agon/core', '@agon/graph'],
  '@agon/onnx': ['@agon/core', '@agon/graph'],
  '@agon/testing': ['@agon/core', '@agon/graph', '@agon/methods'],
  agon: '@agon/check-runner @agon/core @agon/engine-reference @agon/graph @agon/images @agon/methods @agon/metrics @agon/native @agon/onnx @agon/render @agon/report @agon/sanity-checks @agon/smooth-activations @agon/train'.split(
    ' '
  ),
  '@agon/cli': ['agon'],
  '@agon/benchmarks': '@agon/core @agon/native @agon/onnx @agon/images @agon/methods @agon/testing agon'.split(' ')
}

/** Packages that a browser can use: no node: modules, but in an entry of its own. */
const browserSafe =
  'core graph methods render engine-reference onnx smooth-activations sanity-checks metrics report'.split(' ')
const nodeEntry = join('onnx', 'src', 'node.ts')

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly scripts?: Record<string, string>
}

const folders = [
  'native',
  'benchmarks',
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
].filter((folder) => existsSync(join(root, folder, 'package.json')))
const workspace = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}))

function sources(folder: string): string[] {
  return ['src', 'lib', 'bin']
    .map((part) => join(root, folder, part))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)))
    .filter((path) => /\.(ts|mjs)$/.test(path))
}

/** Package names that a file imports, statically or dynamically. */
function importsOf(path: string): string[] {
  const found = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^'.][^']*)'/g)
  return [...found].map(([, specifier]) => packageOf(specifier!))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

describe('the dependency picture', () => {
  it('names every package, and every package exists', () => {
    expect(workspace.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(picture).sort())
  })

  it.each(workspace)('$manifest.name declares only what the picture allows', ({ manifest }) => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const ours = declared.filter((name) => name in picture)
    expect(picture[manifest.name]).toEqual(expect.arrayContaining(ours))
  })

  it.each(workspace)('$manifest.name imports only what it declares', ({ folder, manifest }) => {
    const declared = new Set(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies })
    )
    for (const path of sources(folder)) {
      for (const name of importsOf(path)) {
        const fine = name.startsWith('node:') || name === manifest.name || declared.has(name)
        expect(fine, `${path} imports ${name}, which ${manifest.name} does not declare`).toBe(true)
      }
    }
  })

  it.each(workspace)('$manifest.name has no install scripts and plain versions of its siblings', ({ manifest }) => {
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts ?? {}).not.toHaveProperty(hook)
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (name in picture) expect(range).toMatch(/^\^\d+\.\d+\.\d+$/)
    }
  })

  it.each(browserSafe)('%s runs in a browser: no node: modules', (name) => {
    for (const path of sources(`packages/${name}`).filter((each) => !each.endsWith(nodeEntry))) {
      expect(importsOf(path).filter((each) => each.startsWith('node:'))).toEqual([])
      expect(readFileSync(path, 'utf8')).not.toContain("'./node.js'")
    }
  })

  it('keeps test runners out of the suites: only their binding knows one', () => {
    const named = sources('packages/testing').filter((path) => importsOf(path).includes('vitest'))
    expect(named).toEqual([join(root, 'packages/testing/src/suites.ts')])
  })

  it('keeps N-API out of the native core', () => {
    for (const part of ['src', 'include']) {
      const path = join(root, 'native', part)
      for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
        if (/\.(h|cpp)$/.test(name)) expect(readFileSync(join(path, name), 'utf8')).not.toMatch(/napi\.h|node_api\.h/)
      }
    }
  })
})
