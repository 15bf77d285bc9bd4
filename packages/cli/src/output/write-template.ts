import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AgonError } from 'agon'
import type { NewName } from '../parse/new-name.js'

/** Templates are packages that work as they are, by the name my-method. */
const templates = fileURLToPath(new URL('../../templates/', import.meta.url))

/** Writes a template as a new folder of `dir` under another name. Throws AGON_BAD_FILE if the folder exists or cannot be written. */
export async function writeTemplate(
  kind: string,
  name: NewName,
  dir: string
): Promise<{ folder: string; files: string[] }> {
  const folder = join(dir, name.kebab)
  const source = join(templates, kind)
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
  const files: string[] = []
  try {
    await mkdir(dir, { recursive: true })
    await mkdir(folder)
    for (const path of paths.sort()) {
      const file = renamed(path, name)
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), renamed(await readFile(join(source, path), 'utf8'), name), { flag: 'wx' })
      files.push(file)
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const found = code === 'EEXIST' ? 'one that exists' : (code ?? message)
    throw new AgonError('AGON_BAD_FILE', {
      what: `folder ${folder}`,
      expected: 'a new folder that can be written',
      found,
      remedy: 'Choose another name, or another folder with --dir.',
      cause
    })
  }
  return { folder, files }
}

/** A file that is called `gitignore` here, for packages cannot hold one of its own name, gets its dot. */
function renamed(text: string, { kebab, camel }: NewName): string {
  const pascal = camel[0]!.toUpperCase() + camel.slice(1)
  if (text === 'gitignore') return '.gitignore'
  return text.replaceAll('my-method', kebab).replaceAll('myMethod', camel).replaceAll('MyMethod', pascal)
}
