// Every package alone: packs all of them, installs each tarball with its own dependencies' tarballs into an empty folder, imports it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './ensure.mjs'

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
  console.log(`pack-check: ${packages.length} packages install and import alone`)
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Tarball of every package, by package name. */
function packAll() {
  return new Map(
    packages.map(({ folder, manifest }) => {
      const [{ filename }] = JSON.parse(npm(folder, 'pack', '--json', '--pack-destination', work))
      return [manifest.name, join(work, filename)]
    })
  )
}

/** Installs one package (and the tarballs of what it needs from this workspace) into an empty folder and imports every entry. */
function importAlone(name, tarballs) {
  const folder = join(work, name.replace('/', '-'))
  mkdirSync(folder)
  const { exports = {}, peerDependencies = {} } = packages.find(({ manifest }) => manifest.name === name).manifest
  const siblings = [...closure(name)].map((each) => [each, `file:${tarballs.get(each)}`])
  const wanted = [...Object.entries(peerDependencies), ...siblings]
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: Object.fromEntries(wanted) })
  )
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline')
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json') && !entry.includes('*'))
  const code = entries.map((entry) => `await import('${name}${entry.slice(1)}')`).join(';')
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  console.log(`  ${name}: ${entries.join(' ')}`)
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

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
