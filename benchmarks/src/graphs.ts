import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { peerEnvironment, workspace, type Places } from './places.js'
import { complaint, output } from './processes.js'

/** A model and its input, as files. */
export interface GraphFiles {
  readonly model: string
  readonly input: string
}

const cache = join(workspace, '.cache')

/** The files of a model: from this workspace's cache, else from the folder of peers. */
export function graphFiles(name: string, { peers }: Pick<Places, 'peers'>): GraphFiles | undefined {
  const folders = [join(cache, 'graphs'), ...('path' in peers ? [join(peers.path, 'graphs')] : [])]
  return folders
    .map((folder) => ({ model: join(folder, `${name}.onnx`), input: join(folder, `${name}.npy`) }))
    .find(({ model, input }) => existsSync(model) && existsSync(input))
}

/**
 * Exports the models that are missing into the cache, by the peers' own exporter, so that all systems run the same weights and input.
 * The reason if it cannot be done; models that were written before a failure stay.
 */
export async function exportGraphs(names: readonly string[], places: Places): Promise<string | undefined> {
  const missing = names.filter((name) => graphFiles(name, places) === undefined)
  if (missing.length === 0) return undefined
  if ('missing' in places.peers) return places.peers.missing
  if ('missing' in places.python) return places.python.missing
  const work = join(cache, `export-${process.pid}`)
  mkdirSync(work, { recursive: true })
  try {
    for (const name of missing) {
      const env = { ...process.env, ...peerEnvironment(2) }
      await output(places.python.path, [join(places.peers.path, 'export_onnx.py'), name], { cwd: work, env })
      keep(join(work, 'graphs'))
    }
    return undefined
  } catch (error) {
    return complaint((error as Error).message) ?? 'the export failed'
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Moves whole files into the cache; the model last, so that a model there always has its input. */
function keep(from: string): void {
  const to = join(cache, 'graphs')
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).sort().reverse()) renameSync(join(from, name), join(to, name))
}
