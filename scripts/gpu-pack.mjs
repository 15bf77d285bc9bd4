// node scripts/gpu-pack.mjs OUT [--models FOLDER] [--only NAME]... [--weights own|drawn] [--labels K] [--binaries BUILD]
//
// What a machine with a GPU but without node, network or ONNX needs for scripts/gpu-check.sh: programs of models, their inputs, what the core for CPUs (and for small
// nets the reference engine) answers, the sources of both cores, and the programs of a build folder if one is named. FOLDER has NAME.onnx and NAME.npy of
// the large nets (benchmarks/README.md says how they are exported); those that are not there are said and left out. With `--weights drawn` large weights are
// replaced by ones that the reader draws with the same mean and deviation: speed and agreement are as meaningful, and the pack is small. K, 64 by default, is
// how many labels' contests are compared: fewer pack faster.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeNet } from './gpu-pack/net-files.mjs'
import { fileNet, large, smallNets } from './gpu-pack/nets.mjs'
import { root } from './ensure.mjs'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: join(root, 'benchmarks', '.cache', 'graphs') },
    only: { type: 'string', multiple: true, default: [] },
    weights: { type: 'string', default: 'own' },
    labels: { type: 'string', default: '64' },
    binaries: { type: 'string' }
  }
})
const [out] = positionals
const labels = Number(values.labels)
if (
  positionals.length !== 1 ||
  !['own', 'drawn'].includes(values.weights) ||
  !(Number.isInteger(labels) && labels > 0)
) {
  console.error(
    'usage: node scripts/gpu-pack.mjs OUT [--models FOLDER] [--only NAME]... [--weights own|drawn] [--labels K] [--binaries BUILD]'
  )
  process.exit(2)
}

const pack = join(out, 'models')
rmSync(pack, { recursive: true, force: true })
mkdirSync(pack, { recursive: true })
const names = []
const floors = []
for (const net of await nets()) {
  floors.push(...(await writeNet(join(pack, net.name), net, { weights: values.weights, labels })))
  names.push(net.name)
  say(net.name, join(pack, net.name))
}
const text = (lines) => lines.map((line) => `${line}\n`).join('')
writeFileSync(join(pack, 'models.txt'), text(names))
writeFileSync(join(pack, 'floors.jsonl'), text(floors))
copySources()
if (values.binaries !== undefined) copyBinaries(values.binaries)
say('all', out)

/** Small nets first; of the folder the nets of the goals, or those that are named. */
async function nets() {
  const { only, models } = values
  const small = smallNets()
  const found = small.filter(({ name }) => only.length === 0 || only.includes(name))
  const names = only.length === 0 ? large : only.filter((name) => !small.some((net) => net.name === name))
  for (const name of names) {
    const net = await fileNet(models, name)
    if (net === undefined) console.log(`${name}: left out, ${models} has no ${name}.onnx with ${name}.npy`)
    else found.push(net)
  }
  return found
}

/** In the places that they have in the repository, so that scripts/gpu-check.sh is the same in both. */
function copySources() {
  const scripts = ['gpu-check.sh', 'gpu-table.awk', 'gpu-torch.py'].map((name) => join('scripts', name))
  const native = ['CMakeLists.txt', 'src', 'include', 'test-cpp', 'lab'].map((name) => join('native', name))
  for (const path of [...scripts, ...native, 'cuda']) cpSync(join(root, path), join(out, path), { recursive: true })
}

/** A build folder has the programs in its own or a folder below. */
function copyBinaries(build) {
  const wanted = ['agon_cuda_bench', 'agon_cuda_test', 'agon_cuda.so']
  mkdirSync(join(out, 'bin'), { recursive: true })
  for (const file of readdirSync(build, { recursive: true, encoding: 'utf8' })) {
    const name = file.split('/').at(-1)
    if (!wanted.includes(name) || statSync(join(build, file)).isDirectory()) continue
    cpSync(join(build, file), join(out, 'bin', name))
    say(`bin/${name}`, join(out, 'bin', name))
  }
  const missing = wanted.filter((name) => !existsSync(join(out, 'bin', name)))
  if (missing.length > 0) console.log(`bin: ${build} has no ${missing.join(', ')}`)
}

function say(what, path) {
  console.log(`${what}: ${(bytesIn(path) / 2 ** 20).toFixed(2)} MiB`)
}

function bytesIn(path) {
  const facts = statSync(path)
  return facts.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0) : facts.size
}
