import { basename, dirname, parse, resolve } from 'node:path'

/**
 * What a model is called by its file: the file's name without its ending, or its folder's where all that says is `model`. Exporters call the graph inside
 * `main_graph` or `torch_jit`, whatever the net.
 */
export function modelName(path: string): string {
  const { name } = parse(path)
  return name.toLowerCase() === 'model' ? basename(dirname(resolve(path))) || name : name
}
