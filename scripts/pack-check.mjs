// Every package alone: packs all of them, installs each tarball with its own dependencies' tarballs into an empty folder, imports it. Then the
// example of a third party and a package of `agon new`, built, tested and run on the tarballs.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './ensure.mjs'
import { npm } from './npm.mjs'
import { checkThirdParty } from './third-party.mjs'

const folders = [
  ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name)),
  join(root, 'native')
]
const packages = folders
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private)

const work = mkdtempSync(join(tmpdir(), 'agon-pack-'))
try {
  const tarballs = packAll()
  for (const { manifest } of packages) importAlone(manifest.name, tarballs)
  checkThirdParty(work, siblings('@agon/cli', tarballs, '@agon/testing'))
  console.log(`pack-check: ${packages.length} packages install and import alone`)
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Tarball of every package, by package name. */
function packAll() {
  const chosen = packages.flatMap(({ manifest }) => ['--workspace', manifest.name])
  const packed = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', work, ...chosen))
  return new Map(packed.map(({ name, filename }) => [name, join(work, filename)]))
}

/** Installs one package (and the tarballs of what it needs from this workspace) into an empty folder and imports every entry. */
function importAlone(name, tarballs) {
  const folder = join(work, name.replace('/', '-'))
  mkdirSync(folder)
  const { exports = {}, peerDependencies = {} } = packages.find(({ manifest }) => manifest.name === name).manifest
  const wanted = { ...peerDependencies, ...siblings(name, tarballs) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies: wanted }))
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline')
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json') && !entry.includes('*'))
  const code = entries.map((entry) => `await import('${name}${entry.slice(1)}')`).join(';')
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  console.log(`  ${name}: ${entries.join(' ')}`)
}

/** Tarballs of packages and all that they depend on, by name. */
function siblings(name, tarballs, ...more) {
  const names = [name, ...more].flatMap((each) => [...closure(each)])
  return Object.fromEntries(names.map((each) => [each, `file:${tarballs.get(each)}`]))
}

/** A package and all packages of this workspace that it depends on. */
function closure(name, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  const { dependencies = {}, peerDependencies = {} } = packages.find(({ manifest }) => manifest.name === name).manifest
  for (const each of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (packages.some(({ manifest }) => manifest.name === each)) closure(each, found)
  }
  return found
}
