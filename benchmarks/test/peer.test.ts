import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPeer, type Family } from '../src/peer.js'

const python = 'python3'
const without = spawnSync(python, ['--version']).status !== 0

/** Peers that need nothing: their calls count themselves, and a sample says how often it called. */
const modules = {
  'torch.py': '__version__ = "9"\ndef set_num_threads(n): print("threads", n)\n',
  'jax.py': '__version__ = "8"\n',
  'models.py': 'def make(name): return name\n',
  'common.py': `
class Taken:
    def __init__(self, cpu): self.cpu, self.wall, self.other = cpu, 0.01, 0.25
calls = 0
def sample(run, inner=1):
    global calls
    for _ in range(inner): run()
    return Taken(float(calls))
`,
  'torch_peers.py': `
import common
def build(model, spec):
    if spec == "bad": raise ValueError("no such\\n way")
    def run(n):
        common.calls += n
        print("a library speaks")
    return run, 1, 10
`,
  'jax_peers.py': `
import sys, common
assert sys.argv[1:] == ["net", "", "--threads", "2"]
def build(spec, n):
    def run(): common.calls += 100
    return run, 0, 0, 0
`
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agon-bench-'))
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

const start = (family: Family) => startPeer({ python, folder, family, model: 'net', threads: 2 })

describe.skipIf(without)('a peer (needs python3)', () => {
  it('is warmed up once, repeats short calls, and says its version', async () => {
    const peer = await start('torch')
    expect(peer.versions).toEqual({ torch: '9' })
    expect(await peer.sample('way', 3, 0)).toEqual({ core_s: 6, wall_s: 0.01, other_cores: 0.25 })
    expect((await peer.sample('way', 5, 0)).core_s).toBe(11)
    expect((await peer.sample('way', 1, 0.055)).core_s).toBe(11 + 1 + 5)
    expect(await peer.peak()).toBeGreaterThan(1)
    peer.stop()
  })

  it('warms every count up where a count is compiled', async () => {
    const peer = await start('jax')
    expect(peer.versions).toEqual({ jax: '8' })
    expect((await peer.sample('way', 3, 0)).core_s).toBe(200)
    expect((await peer.sample('way', 5, 0)).core_s).toBe(400)
    peer.stop()
  })

  it('says in one line why a way fails, and lives on', async () => {
    const peer = await start('torch')
    await expect(peer.sample('bad', 1, 0)).rejects.toThrow(/^ValueError: no such way$/)
    expect((await peer.sample('way', 1, 0)).core_s).toBe(2)
    peer.stop()
    await expect(peer.sample('way', 1, 0)).rejects.toThrow()
  })

  it('says which module it lacks', async () => {
    await expect(start('captum')).rejects.toThrow("No module named 'captum'")
  })
})

describe('a peer without its Python', () => {
  it('says that it cannot be started', async () => {
    const options = { folder, family: 'torch', model: 'net', threads: 1 } as const
    await expect(startPeer({ ...options, python: '/no/such/python' })).rejects.toThrow('could not be started')
  })
})
