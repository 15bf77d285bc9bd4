// `npm run demo` on a bare clone: installs, builds, then explains the embedded classifier's pictures, or a model and photographs of yours.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { spawnSync } from 'node:child_process'
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs'

const given = process.argv.slice(2)
const agon = join(root, 'packages/cli/bin/agon.mjs')
const cwd = process.env.INIT_CWD ?? process.cwd() // where `npm run` was called: paths are the user's
const out = relative(cwd, join(root, 'agon-out/demo'))
const methods = 'gradient-times-input,cgi'

ensureInstalled()
ensureBuilt()
if (given.length > 0) yours()
else embedded()

/** The model and the photographs that were named; options that were given go before the demo's own. */
function yours() {
  run('explain', ...given, ...unless('--method', methods), ...unless('--out', out))
}

/** The embedded classifier: every picture by both methods, who owns which pixel of the two closest contests, and whether the maps can be trusted. */
function embedded() {
  const folder = join(root, 'packages/agon/assets/fashion-mnist/pictures')
  const pictures = readdirSync(folder).sort()
  const contests = ['pullover-2315.png', 'pullover-5719.png']
  const paths = (names) => names.map((name) => relative(cwd, join(folder, name)))
  console.log(
    `\nA classifier of Fashion-MNIST and ${pictures.length} of its test pictures. Kept: share of the map that the label won.\n`
  )
  run('explain', 'fashion-mnist', ...paths(pictures), '--method', methods, '--out', out)
  console.log('\nWho owns which pixel of two close contests:\n')
  run('turf', 'fashion-mnist', ...paths(contests), '--out', out)
  console.log('\nDo these maps depend on what was learnt, and on the label? Beside controls, with faithfulness:\n')
  run('check', 'fashion-mnist', ...paths(contests), '--draws', '3', '--fresh', '--out', join(out, 'check'))
  console.log(
    `\nThe pictures are in ${out}: one .png for each input has all of its maps side by side; the report is check/report.html there.`
  )
}

function unless(option, value) {
  return given.some((arg) => arg === option || arg.startsWith(`${option}=`)) ? [] : [option, value]
}

/** Runs the command line with the terminal attached; ends this process with its exit code if it fails. */
function run(...args) {
  const { status } = spawnSync(process.execPath, [agon, ...args], { stdio: 'inherit', cwd })
  if (status !== 0) process.exit(status ?? 1)
}
