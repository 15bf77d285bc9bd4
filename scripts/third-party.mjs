// A third party's view: the packed packages in a folder outside, where the example and a new package build, pass their own tests, and run.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'
import { root } from './ensure.mjs'

const example = 'method-input-x-blurred-gradient'
const method = 'input-x-blurred-gradient'
const options = ['--option', 'radius=2', '--option', 'base=input-x-blurred-gradient', '--option', 'samples=2']

/** Installs `wanted` (name -> tarball) in a new folder of `work`, then the example from a tarball of its own, and uses it. */
export function checkThirdParty(work, wanted) {
  const outside = join(work, 'outside')
  mkdirSync(outside)
  const tools = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies
  const { typescript, '@types/node': types } = tools
  const dependencies = { ...wanted, typescript, '@types/node': types }
  writeFileSync(join(outside, 'package.json'), JSON.stringify({ type: 'module', private: true, dependencies }))
  npm(outside, 'install', ...quietly)
  npm(outside, 'install', packed(outside), ...quietly)
  byName(outside, inCode(outside))
  console.log(`  ${example}: tested, packed, installed, run alone, below smooth-grad and in competition`)
  fresh(outside)
  console.log('  agon new method: its package passes its own test and runs')
}

const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']

/** The example's tarball, after its tests. */
function packed(outside) {
  const folder = join(outside, 'source')
  cpSync(join(root, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !/(dist|node_modules)$/.test(path)
  })
  npm(folder, 'test')
  const [{ filename }] = JSON.parse(npm(folder, 'pack', '--json'))
  return join(folder, filename)
}

/** Explains a picture through the API; returns the maps by the names that the command line gives them. */
function inCode(outside) {
  const code = `
    import { competitive, createAgon, createReferenceEngine, embedded, explain, loadModel, smoothGrad } from 'agon'
    import plugin, { inputTimesBlurredGradient } from 'agon-method-input-x-blurred-gradient'
    const model = await loadModel('fashion-mnist')
    const base = inputTimesBlurredGradient({ radius: 2 })
    const methods = {
      '${method}': base,
      'competitive-${method}': competitive(base),
      'smooth-grad': smoothGrad({ base: inputTimesBlurredGradient(), samples: 2 })
    }
    const maps = {}
    const engine = createReferenceEngine()
    for (const [name, method] of Object.entries(methods)) {
      const { attribution } = await explain(model, embedded[0].pictures[0], method, { engine })
      maps[name] = [...attribution.data]
    }
    const named = createAgon({ plugins: [plugin] }).method('competitive-${method}').create({ radius: 2 })
    const { attribution } = await explain(model, embedded[0].pictures[0], named, { engine })
    console.log(JSON.stringify({ maps, named: [...attribution.data], picture: embedded[0].pictures[0] }))`
  writeFileSync(join(outside, 'run.mjs'), code)
  const { maps, named, picture } = JSON.parse(node(outside, 'run.mjs'))
  assert.deepEqual(named, maps[`competitive-${method}`])
  for (const map of Object.values(maps)) assert.ok(map.length === 784 && map.some((value) => value !== 0))
  assert.ok(maps[`competitive-${method}`].every((value, i) => value === 0 || value === maps[method][i]))
  return { maps, picture }
}

/** The same on the command line: the same bits, and records that say where the method came from. */
function byName(outside, { maps, picture }) {
  const names = Object.keys(maps)
  const plugin = ['--plugin', `agon-${example}`]
  const formats = ['--format', 'npy,json', '--out', 'maps', '--engine', 'reference']
  agon(outside, 'explain', 'fashion-mnist', picture, ...plugin, '--method', names.join(), ...options, ...formats)
  for (const name of names) {
    const file = readdirSync(join(outside, 'maps')).find((each) => each.endsWith(`.${name}.npy`))
    const bytes = readFileSync(join(outside, 'maps', file))
    const data = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + bytes.length - 4 * 784, bytes.byteOffset + bytes.length)
    )
    assert.ok(
      data.every((value, i) => value === maps[name][i]),
      name
    ) // JSON has no -0, which equals 0 here
    const record = JSON.parse(readFileSync(join(outside, 'maps', file.replace(/npy$/, 'json')), 'utf8'))
    assert.deepEqual(
      record.plugins.map(({ name: plugin, version }) => [plugin, version]),
      [[`agon-${example}`, '0.1.0']]
    )
    assert.equal(record.method.plugin, name === 'smooth-grad' ? null : `agon-${example}`)
  }
  assert.match(agon(outside, 'methods', ...plugin), new RegExp(`^${method} +- +agon-${example}`, 'm'))
}

/** A package that `agon new method` writes, its own test, and its method as TypeScript from a config. */
function fresh(outside) {
  agon(outside, 'new', 'method', 'sharp-edges')
  npm(join(outside, 'sharp-edges'), 'test')
  const config = `import { defineConfig } from 'agon'\nexport default defineConfig({ plugins: ['./sharp-edges/src/sharp-edges.ts'] })\n`
  writeFileSync(join(outside, 'agon.config.ts'), config)
  assert.match(agon(outside, 'methods'), /^sharp-edges .* power=1$/m)
}

function agon(cwd, ...args) {
  return node(cwd, join('node_modules', '@agon', 'cli', 'bin', 'agon.mjs'), ...args)
}

function node(cwd, ...args) {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
