import { join, parse, resolve } from 'node:path'
import { AgonError } from 'agon'

/** An input and the name that its outputs begin with: its base name without extension. */
export interface NamedInput {
  readonly path: string
  readonly name: string
}

/**
 * Names the outputs of every input: `<out>/<name><ending>`. Throws AGON_DUPLICATE_NAME if two outputs would be one file, and
 * AGON_BAD_OPTION if an output would overwrite an input or the model.
 */
export function planOutputs(
  inputs: readonly string[],
  model: string,
  out: string,
  endings: readonly string[]
): readonly NamedInput[] {
  const named = inputs.map((path) => ({ path, name: parse(path).name }))
  const owner = new Map<string, string>()
  const sources = new Set([...inputs, model].map((path) => resolve(path)))
  for (const { path, name } of named) {
    for (const ending of endings) claim(owner, sources, resolve(out, name + ending), path)
  }
  return named
}

function claim(owner: Map<string, string>, sources: ReadonlySet<string>, output: string, input: string): void {
  const other = owner.get(output)
  if (other !== undefined) {
    throw new AgonError('AGON_DUPLICATE_NAME', {
      what: `output ${output}`,
      expected: 'inputs whose names without extension differ',
      found: `${other} and ${input}`,
      remedy: 'Rename one of the two, or explain them in separate folders (--out).'
    })
  }
  if (sources.has(output)) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: `output ${output}`,
      expected: 'a file that is not an input of this run',
      found: 'an input',
      remedy: 'Name another folder with --out.'
    })
  }
  owner.set(output, input)
}

/** `agon-out/boot.cgi.png` */
export function outputPath(out: string, name: string, ending: string): string {
  return join(out, name + ending)
}
