import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { embedded, writeNpy } from 'agon'
import { describe, expect, it } from 'vitest'
import { agon, picture, put, reference, temporaryFolder } from './run-cli.js'

const folder = temporaryFolder()
const out = join(folder, 'out')
const boot = picture('ankle-boot')
const model = embedded[0]!.path
const zeros = new Float32Array(784)
const truncatedPicture = put(folder, 'cut.png', readFileSync(boot).subarray(0, 200))
const truncatedModel = put(folder, 'cut.onnx', readFileSync(model).subarray(0, 5000))
const notANumber = put(
  folder,
  'nan.npy',
  writeNpy({ shape: [1, 28, 28], data: zeros.map((_, i) => (i === 5 ? NaN : 0)) })
)
const wrongShape = put(folder, 'shape.npy', writeNpy({ shape: [1, 3, 28, 28], data: new Float32Array(3 * 784) }))
const truncatedNpy = put(folder, 'cut.npy', writeNpy({ shape: [1, 28, 28], data: zeros }).subarray(0, 500))
const notAPicture = put(folder, 'text.png', 'hello')
const recipe = put(folder, 'recipe.json', '{"resize": {"mode": "squash"}, "channels": "gray", "scale": 0}')

const explain = (...rest: string[]) => ['explain', 'fashion-mnist', ...rest, '--out', out, ...reference]

const cases: readonly (readonly [what: string, argv: readonly string[], says: RegExp])[] = [
  ['unknown command', ['explian', 'x'], /\[AGON_UNKNOWN_NAME\] command 'explian'.*Did you mean 'explain'\?/],
  [
    'unknown option',
    [...explain(boot), '--metod', 'cgi'],
    /\[AGON_BAD_OPTION\] option --metod.*Did you mean '--method'\?/
  ],
  [
    'option before its command',
    ['--json', 'methods'],
    /\[AGON_BAD_OPTION\] option --json: expected one of --version, --debug, --plugin, --config, found '--json'\. Options of a command/
  ],
  [
    'option of another command',
    ['methods', '--threads', '2'],
    /\[AGON_BAD_OPTION\] option --threads: expected one of --version, --debug, --plugin, --config, --json, found '--threads'$/m
  ],
  ['no folder', ['explain', 'fashion-mnist', boot, '--out', ''], /\[AGON_BAD_OPTION\] --out: expected a folder/],
  ['missing argument', ['explain', 'fashion-mnist'], /\[AGON_BAD_OPTION\] missing required argument 'input'/],
  ['option without its value', [...explain(boot), '--seed'], /\[AGON_BAD_OPTION\] .*--seed/],
  ['argument too many', ['methods', 'more'], /\[AGON_BAD_OPTION\] .*too many arguments/],
  ['unknown method', explain(boot, '--method', 'cgj'), /\[AGON_UNKNOWN_NAME\] method 'cgj'.*Did you mean 'cgi'\?/],
  ['method twice', explain(boot, '--method', 'cgi,cgi'), /\[AGON_DUPLICATE_NAME\] --method/],
  ['unknown engine', ['explain', 'fashion-mnist', boot, '--engine', 'cpuu'], /\[AGON_BAD_OPTION\] --engine.*'cpu'\?/],
  [
    'a name too short to be a misspelling',
    explain(boot, '--preprocess', 'x'),
    /\[AGON_BAD_OPTION\] --preprocess.*found 'x'$/m
  ],
  [
    'unknown option of a method',
    explain(boot, '--method', 'integrated-gradients', '--option', 'stesp=20'),
    /\[AGON_BAD_OPTION\] option 'stesp' of integrated-gradients: expected one of steps, .*Did you mean 'steps'\?/
  ],
  [
    'option of none of several methods',
    explain(boot, '--method', 'integrated-gradients,cgi', '--option', 'stesp=20'),
    /\[AGON_BAD_OPTION\] option 'stesp' of integrated-gradients, cgi: expected one of steps, .*Did you mean 'steps'\?/
  ],
  [
    'option that every object has',
    explain(boot, '--option', 'constructor=1'),
    /\[AGON_BAD_OPTION\] option 'constructor' of cgi: expected one of granularity, /
  ],
  [
    'text for a number',
    explain(boot, '--method', 'integrated-gradients', '--option', 'steps=few'),
    /\[AGON_BAD_OPTION\] option 'steps' of integrated-gradients: expected a number, found string few/
  ],
  [
    'number out of range',
    explain(boot, '--method', 'integrated-gradients', '--option', 'steps=0'),
    /\[AGON_BAD_OPTION\] option 'steps' of integrated-gradients: expected a whole number from 1 to 10000, found 0/
  ],
  [
    'option of a competition',
    explain(boot, '--option', 'ties=keep'),
    /\[AGON_BAD_OPTION\] --option ties.*Say --ties\./
  ],
  [
    'method option without a value',
    explain(boot, '--option', 'name'),
    /\[AGON_BAD_OPTION\] --option: expected name=value/
  ],
  [
    'method option without a name',
    explain(boot, '--option', '=3'),
    /\[AGON_BAD_OPTION\] --option: expected name=value/
  ],
  [
    'method option twice',
    explain(boot, '--method', 'integrated-gradients', '--option', 'steps=3', '--option', 'steps=4'),
    /\[AGON_DUPLICATE_NAME\] --option: .*'steps' twice/
  ],
  [
    'unknown option of the base of a turf',
    ['turf', 'fashion-mnist', boot, '--base', 'smooth-grad', '--option', 'sample=3', '--out', out, ...reference],
    /\[AGON_BAD_OPTION\] option 'sample' of smooth-grad.*Did you mean 'samples'\?/
  ],
  ['unknown preset', explain(boot, '--preprocess', 'torchvison'), /\[AGON_BAD_OPTION\] --preprocess.*'torchvision'\?/],
  ['wrong preprocessing file', explain(boot, '--preprocess', recipe), /\[AGON_BAD_FILE\] .*recipe\.json.*scale/],
  [
    'missing preprocessing file',
    explain(boot, '--preprocess', join(folder, 'no.json')),
    /\[AGON_BAD_FILE\] .*no\.json/
  ],
  ['preprocessing of other channels', explain(boot, '--preprocess', 'caffe'), /\[AGON_BAD_INPUT\] .*3 channels/],
  ['unknown format', explain(boot, '--format', 'pgn'), /\[AGON_BAD_OPTION\] --format.*Did you mean 'png'\?/],
  ['unknown target', explain(boot, '--target', 'Coad'), /\[AGON_UNKNOWN_NAME\] label 'Coad'.*Did you mean 'Coat'\?/],
  ['target out of range', explain(boot, '--target', '10'), /\[AGON_UNKNOWN_NAME\] label: expected 0 to 9, found 10/],
  ['too many competitors', explain(boot, '--labels', 'top:11'), /\[AGON_BAD_INPUT\] .*1 to 10, found 11/],
  ['wrong memory', explain(boot, '--memory', 'lots'), /\[AGON_BAD_OPTION\] --memory/],
  ['wrong granularity', explain(boot, '--granularity', 'pixels'), /\[AGON_BAD_OPTION\] --granularity.*'pixel'\?/],
  ['wrong channel axis', explain(boot, '--channel-axis', '4'), /\[AGON_BAD_OPTION\] channelAxis/],
  ['unknown output', explain(boot, '--logits', 'logit'), /\[AGON_UNKNOWN_NAME\] .*'logits'\?/],
  [
    'unknown model',
    ['explain', 'fashion-minst', boot],
    /\[AGON_UNKNOWN_NAME\] model 'fashion-minst'.*'fashion-mnist'\?/
  ],
  ['missing model', ['explain', join(folder, 'no.onnx'), boot], /\[AGON_BAD_FILE\] .*no\.onnx/],
  ['truncated model', ['explain', truncatedModel, boot], /\[AGON_BAD_(FILE|MODEL)\]/],
  ['truncated model, inspected', ['inspect', truncatedModel], /\[AGON_BAD_(FILE|MODEL)\]/],
  ['missing picture', explain(join(folder, 'no.png')), /\[AGON_BAD_FILE\] .*no\.png/],
  ['truncated picture', explain(truncatedPicture), /\[AGON_BAD_FILE\] .*cut\.png/],
  ['no picture at all', explain(notAPicture), /\[AGON_BAD_FILE\] .*text\.png/],
  ['truncated picture after a good one', explain(boot, truncatedPicture), /\[AGON_BAD_FILE\] .*cut\.png/],
  ['NaN in a tensor', explain(notANumber), /\[AGON_NOT_FINITE\] .*nan\.npy.*\[0,0,0,5\]/],
  ['tensor of a wrong shape', explain(wrongShape), /\[AGON_BAD_INPUT\] .*shape\.npy.*\[N,1,28,28\].*\[1,3,28,28\]/],
  ['truncated tensor', explain(truncatedNpy), /\[AGON_BAD_FILE\] .*cut\.npy/],
  ['missing tensor', explain(join(folder, 'no.npy')), /\[AGON_BAD_FILE\] .*no\.npy.*no such file/],
  ['two inputs of one name', explain(boot, join(folder, 'ankle-boot-0.npy')), /\[AGON_DUPLICATE_NAME\]/],
  ['turf over a competition', ['turf', 'fashion-mnist', boot, '--base', 'cgi'], /\[AGON_BAD_OPTION\] --base/]
]

describe('what is wrong is said in one line, with exit code 2', () => {
  it.each(cases)('%s', async (_, argv, says) => {
    const { code, out: stdout, err } = await agon(argv)
    expect(err).toMatch(says)
    const lines = err.trimEnd().split('\n')
    expect(lines.filter((line) => !line.startsWith('agon: note: '))).toHaveLength(1)
    expect(lines.at(-1)).toMatch(/^agon: \[AGON_[A-Z_]+\] /)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(existsSync(out)).toBe(false)
  })

  it('shows the stack with --debug', async () => {
    const { code, err } = await agon(['--debug', 'explain', 'nothing', boot])
    expect(code).toBe(2)
    expect(err).toMatch(/\n\s+at /)
  })

  it('says nothing on standard output under --json', async () => {
    const { code, out: stdout } = await agon([...explain(truncatedPicture), '--json'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('says that a folder cannot be written', async () => {
    const file = put(folder, 'file', '')
    const { code, err } = await agon([
      'explain',
      'fashion-mnist',
      boot,
      '--out',
      join(file, 'sub'),
      ...reference,
      '--method',
      'gradient'
    ])
    expect(code).toBe(2)
    expect(err).toMatch(/\[AGON_BAD_FILE\] output .*--out/)
  })
})

describe('defects', () => {
  it('end with exit code 1', async () => {
    const { code, err } = await agon(['methods'], {
      out: () => {
        throw new TypeError('broken')
      }
    })
    expect(code).toBe(1)
    expect(err).toMatch(/^agon: \[AGON_INTERNAL\] broken\. This is a defect of Agon; --debug shows where\.\n$/)
  })
})
