import { example, type Engine } from '@agon/core'
import { describe, expect, it } from 'vitest'
import {
  cgi,
  createReferenceEngine,
  embedded,
  explain,
  explainSession,
  gradient,
  loadModel,
  prepareInput,
  presets,
  type ExplainModelOptions
} from '../src/index.js'

const [fashion] = embedded
const picture = fashion!.pictures[0]!

/** A reference engine that counts the sessions that are open. */
function countingEngine(): { engine: Engine; open: () => number } {
  let open = 0
  const reference = createReferenceEngine()
  const engine: Engine = {
    name: 'counting',
    async load(model) {
      const session = await reference.load(model)
      open++
      return { ...session, dispose: () => void (open--, session.dispose()) }
    }
  }
  return { engine, open: () => open }
}

describe('explain', () => {
  it('is the explanation of a session, with the names of things, and leaves no session open', async () => {
    const model = await loadModel('fashion-mnist')
    const { engine, open } = countingEngine()
    const found = await explain(model, picture, cgi(), { engine })
    expect(open()).toBe(0)
    const session = await createReferenceEngine().load(model)
    const { input } = await prepareInput(model, picture)
    const expected = await explainSession(session, input, cgi())
    session.dispose()
    expect(found).toMatchObject({ ...expected, engine: 'counting', targetName: [model.labels![expected.target[0]!]] })
    expect(found.labelNames).toEqual(model.labels)
    expect(found.picture).toMatchObject({ width: 28, height: 28 })
  })

  it('closes the session when it fails', async () => {
    const { engine, open } = countingEngine()
    const model = await loadModel('fashion-mnist')
    await expect(explain(model, picture, cgi(), { engine, target: 'Coad' })).rejects.toThrow("Did you mean 'Coat'?")
    expect(open()).toBe(0)
  })

  it('takes a tensor, and says what it would take', async () => {
    const model = await loadModel('fashion-mnist')
    const { input } = await prepareInput(model, picture)
    const engine = createReferenceEngine()
    const found = await explain(model, example(input, 0), gradient(), { engine })
    expect(found.attribution).toEqual((await explain(model, picture, gradient(), { engine })).attribution)
    const wrong = { shape: [1, 1, 14, 14], data: new Float32Array(196) }
    await expect(explain(model, wrong, gradient(), { engine })).rejects.toThrow('[N,1,28,28]')
  })

  it('names a misspelled option', async () => {
    const model = await loadModel('fashion-mnist')
    const options = { lables: 'all' } as ExplainModelOptions
    await expect(explain(model, picture, cgi(), options)).rejects.toThrow("Did you mean 'labels'?")
  })

  it('notes a preprocessing that it had to assume', async () => {
    const { preprocess, ...model } = await loadModel('fashion-mnist')
    expect(preprocess).toBeDefined()
    const found = await explain(model, picture, gradient(), { engine: createReferenceEngine() })
    expect(found).toMatchObject({ assumed: true, preprocess: presets.get('gray-unit') })
    expect(found.notes.map(({ code }) => code)).toEqual(['preprocess-assumed'])
  })
})

describe('the embedded classifier', () => {
  it('names every one of its pictures', async () => {
    const model = await loadModel('fashion-mnist')
    const session = await createReferenceEngine().load(model)
    expect(fashion!.pictures).toHaveLength(12)
    for (const path of fashion!.pictures) {
      const { input } = await prepareInput(model, path)
      const { data } = await session.forward(input)
      const name = model.labels![data.indexOf(Math.max(...data))]!
      expect(path).toContain(`/${name.toLowerCase().replace(/[ /]/g, '-')}-`)
    }
    session.dispose()
  })
})
