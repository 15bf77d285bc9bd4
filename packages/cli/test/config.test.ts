import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { constantMethod, constantPlugin, listed, refusal, workplace } from './plugins.js'
import { put } from './run-cli.js'

const { enter } = workplace()

describe('agon.config', () => {
  it('is found above the working directory, takes plugins and modules, and --plugin adds to it', async () => {
    const here = enter('configured')
    put(here, 'a.ts', constantPlugin('from-module'))
    put(here, 'more.ts', constantPlugin('from-option'))
    put(
      here,
      'agon.config.ts',
      `import { defineConfig } from 'agon'
${constantMethod('inline')}
export default defineConfig({ plugins: ['./a.ts', { name: 'here', methods: [{ name: 'inline', competitive: false, create }] }] })`
    )
    enter('configured/deep/down')
    const { methods, plugins } = await listed('--plugin', '../../more.ts', '--plugin', '../../a.ts')
    expect(plugins.map(({ name }) => name)).toEqual(['from-module-plugin', 'here', 'from-option-plugin'])
    expect(plugins[1]!.from).toBe(join(realpathSync(here), 'agon.config.ts'))
    expect(methods.slice(-3).map(({ name }) => name)).toEqual(['from-module', 'inline', 'from-option'])
  })

  it('is the one that --config names', async () => {
    const here = enter('named')
    put(here, 'agon.config.mjs', `throw new Error('not this one')`)
    put(here, 'a.ts', constantPlugin('a'))
    put(here, 'other.mjs', `export default { plugins: ['./a.ts'] }`)
    expect((await listed('--config', 'other.mjs')).plugins.map(({ name }) => name)).toEqual(['a-plugin'])
  })

  it('that is none is refused in one line', async () => {
    enter('bad-config')
    put('.', 'a.mjs', 'export default { plugin: [] }')
    put('.', 'b.mjs', 'export default { plugins: "x" }')
    put('.', 'c.mjs', 'export const plugins = []')
    put('.', 'd.mjs', 'export default { plugins: [{ name: 1 }] }')
    expect(await refusal('methods', '--config', 'a.mjs')).toMatch(/field 'plugin' of config .*Did you mean 'plugins'/)
    expect(await refusal('methods', '--config', 'b.mjs')).toMatch(
      /'plugins' of config .*expected an array, found string/
    )
    expect(await refusal('methods', '--config', 'c.mjs')).toMatch(/default export of config .*expected an object/)
    expect(await refusal('methods', '--config', 'd.mjs')).toMatch(
      /name of plugins\[0\] of .*d\.mjs: expected a text, found number 1/
    )
    put('.', 'agon.config.ts', 'export default {}')
    put('.', 'agon.config.js', 'export default {}')
    expect(await refusal('methods')).toMatch(/\[AGON_DUPLICATE_NAME\] config of/)
  })
})
