import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A folder and those above it. Not `recursive`: below a place that takes no folders, such as /proc, that never returns. */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch(async (error: unknown) => {
    if (!(await isFolder(folder))) throw error // else another process was faster
  })
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
