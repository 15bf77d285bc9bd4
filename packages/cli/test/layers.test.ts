import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cgi, createReferenceEngine, explain, gradCam, loadModel, readNpy, type Method } from 'agon'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import { parseMethodOptions } from '../src/parse/method-options.js'
import { agon, picture, reference, temporaryFolder } from './run-cli.js'

const boot = picture('ankle-boot')
const name = 'ankle-boot-0'

async function run(...rest: string[]) {
  const out = temporaryFolder()
  const outcome = await agon(['explain', 'fashion-mnist', boot, ...rest, '--out', out, ...reference])
  return { ...outcome, files: () => readdirSync(out).sort(), path: (file: string) => join(out, file) }
}

const map = (path: string) => readNpy(readFileSync(path))

async function direct(method: Method) {
  const model = await loadModel('fashion-mnist')
  return (await explain(model, boot, method, { engine: createReferenceEngine() })).attribution
}

/** Values of the embedded model: the first of an operator's outputs. */
async function outputOf(op: string): Promise<string> {
  return (await loadModel('fashion-mnist')).nodes.find((node) => node.op === op)!.outputs[0]!
}

describe('agon explain --option layer', () => {
  it('lets labels compete at a value of the model, and draws its map', async () => {
    const layer = await outputOf('Relu')
    const { code, files, path } = await run('--option', `layer=${layer}`)
    expect(code).toBe(0)
    expect(files()).toEqual([`${name}.cgi.json`, `${name}.cgi.npy`, `${name}.cgi.png`])
    const { shape, data } = map(path(`${name}.cgi.npy`))
    expect({ shape, data }).toEqual(await direct(cgi({ layer })))
    const found = JSON.parse(readFileSync(path(`${name}.cgi.json`), 'utf8')) as ExplanationRecord
    expect(found.method.options).toMatchObject({ layer, granularity: 'pixel' })
  })

  it('writes no picture of a map that is none, and says so', async () => {
    const layer = await outputOf('Gemm')
    const { code, err, files } = await run('--method', 'gradient', '--option', `layer=${layer}`)
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/gradient \[1,\d+\] is no picture/) as string
    })
    expect(files()).toEqual([`${name}.gradient.json`, `${name}.gradient.npy`])
    const named = await run('--method', 'gradient', '--option', `layer=${layer}`, '--format', 'png')
    expect(named.code).not.toBe(0)
    expect(named.err).toMatch(/\[AGON_BAD_OPTION\] --format png for the map of gradient/)
  })

  it('names a value that the model lacks, and the nearest one', async () => {
    const layer = await outputOf('Relu')
    const { code, err } = await run('--option', `layer=${layer}x`)
    expect(code).not.toBe(0)
    expect(err).toMatch(/\[AGON_UNKNOWN_NAME\] value of option 'at'.*Did you mean/)
  })

  it('takes names that read as numbers', () => {
    expect(parseMethodOptions(['layer=0191', 'steps=20', 'relu=false'])).toEqual({
      layer: '0191',
      steps: 20,
      relu: false
    })
  })
})

describe('agon explain --method grad-cam', () => {
  it('draws the map and says at which layer it was taken', async () => {
    const { code, err, files, path } = await run('--method', 'grad-cam,grad-cam++')
    expect(code).toBe(0)
    expect(err).toMatch(/grad-cam is taken at '.*' \[\d+,\d+,\d+\]/)
    const each = ['grad-cam++', 'grad-cam'].flatMap((method) =>
      ['json', 'npy', 'png'].map((end) => `${name}.${method}.${end}`)
    )
    expect(files()).toEqual([...each, `${name}.png`].sort())
    const { shape, data } = map(path(`${name}.grad-cam.npy`))
    expect({ shape, data }).toEqual(await direct(gradCam()))
    expect(shape).toEqual([1, 1, 28, 28])
  })

  it('is a base of a turf', async () => {
    const out = temporaryFolder()
    const options = ['--base', 'grad-cam', '--option', 'upsample=none', '--option', 'relu=false']
    const { code, err } = await agon(['turf', 'fashion-mnist', boot, ...options, '--out', out, ...reference])
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(readdirSync(out).sort()).toEqual([`${name}.turf.json`, `${name}.turf.png`])
  })
})
