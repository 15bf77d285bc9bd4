import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeNpy, writeOnnx } from 'agon'
import { tinyMlp } from '@agon/testing'
import { afterEach, expect } from 'vitest'
import { agon, put, temporaryFolder } from './run-cli.js'

/** A method whose maps are `factor` everywhere, as a plugin of TypeScript that needs types only. */
export const constantMethod = (name: string) => `
import type { Method, MethodContext, Plugin } from 'agon'

const create = ({ factor = 2 }: { factor?: number } = {}): Method => ({
  name: '${name}',
  cite: 'Nobody 2026',
  options: { factor },
  async attribute({ input, targets }: MethodContext) {
    const shape = [targets[0]!.length, ...input.shape]
    return { shape, data: new Float32Array(targets[0]!.length * input.data.length).fill(factor) }
  }
})
`

/** The plugin of one such method. */
export const constantPlugin = (name: string, plugin = `${name}-plugin`) =>
  `${constantMethod(name)}
export default { name: '${plugin}', methods: [{ name: '${name}', competitive: false, create }] } satisfies Plugin
`

/** A folder to work in, with a small model and an input; the working directory is restored after every test. */
export function workplace() {
  const folder = temporaryFolder()
  const before = process.cwd()
  afterEach(() => process.chdir(before))
  const tiny = tinyMlp({ labels: 4 })
  put(folder, 'model.onnx', writeOnnx(tiny.model))
  put(folder, 'x.npy', writeNpy({ shape: [10], data: Float32Array.from({ length: 10 }, (_, i) => i / 10) }))
  return {
    folder,
    /** Makes a folder inside and goes there. */
    enter(name: string): string {
      const path = join(folder, name)
      mkdirSync(path, { recursive: true })
      process.chdir(path)
      return path
    }
  }
}

interface Listed {
  readonly methods: readonly { readonly name: string; readonly plugin: string | null }[]
  readonly plugins: readonly { readonly name: string; readonly version: string | null; readonly from: string }[]
}

export async function listed(...argv: string[]): Promise<Listed> {
  const { out, err, code } = await agon(['methods', '--json', ...argv])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out) as Listed
}

/** What the one line of a failure says. */
export async function refusal(...argv: string[]): Promise<string> {
  const { code, out, err } = await agon(argv)
  const lines = err
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('agon: note: '))
  expect({ code, out, lines: lines.length }).toEqual({ code: 2, out: '', lines: 1 })
  return lines[0]!
}
