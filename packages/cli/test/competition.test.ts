import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgi, createReferenceEngine, explainSession, loadModel, prepareInput, readNpy } from 'agon'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import { agon, picture, put, reference, temporaryFolder } from './run-cli.js'

const boot = picture('ankle-boot')
const name = 'ankle-boot-0'

async function run(...options: string[]) {
  const folder = temporaryFolder()
  const argv = ['explain', 'fashion-mnist', boot, ...options, '--format', 'npy,json', '--out', folder, ...reference]
  const outcome = await agon(argv)
  const read = (ending: string) => readFileSync(join(folder, `${name}.cgi.${ending}`))
  return {
    ...outcome,
    map: () => readNpy(read('npy')).data,
    record: () => JSON.parse(read('json').toString()) as ExplanationRecord
  }
}

/** The same by the library. */
async function direct(method: ReturnType<typeof cgi>) {
  const model = await loadModel('fashion-mnist')
  const session = await createReferenceEngine().load(model)
  return (await explainSession(session, (await prepareInput(model, boot)).input, method)).attribution.data
}

const groups = { shoes: ['Sandal', 'Sneaker', 9], clothes: [0, 1, 2, 3, 4, 6] }

describe('extensions of the competition', () => {
  it('soft:T is what the library gives, and says so in record and notes', async () => {
    const found = await run('--competition', 'soft:0.2')
    expect(found.code).toBe(0)
    expect(found.map()).toEqual(await direct(cgi({ competition: 'soft', temperature: 0.2 })))
    const { method, competed, notes, examples } = found.record()
    expect(method).toMatchObject({ competition: 'soft', options: { competition: 'soft', temperature: 0.2 } })
    expect(competed).toMatchObject({ complete: true, extensions: ['soft'] })
    expect(notes.filter(({ code }) => code === 'extension')).toHaveLength(1)
    expect(found.err).toContain('A soft competition is an extension of Agon')
    expect(examples[0]).toMatchObject({ keptShare: null, margins: null })
  })

  it('margin has the margins of the strict competition', async () => {
    const [margin, strict] = [await run('--competition', 'margin'), await run()]
    expect(margin.map()).toEqual(await direct(cgi({ competition: 'margin' })))
    expect(margin.record().competed!.extensions).toEqual(['margin'])
    expect(margin.record().examples[0]!.margins).toEqual(strict.record().examples[0]!.margins)
    expect(strict.record()).toMatchObject({ method: { competition: 'strict' }, competed: { extensions: [] } })
    expect(strict.err).not.toContain('extension')
  })

  it('--groups takes a file of names and indices', async () => {
    const file = put(temporaryFolder(), 'groups.json', JSON.stringify(groups))
    const found = await run('--groups', file, '--group-score', 'sum')
    expect(found.map()).toEqual(await direct(cgi({ groups, groupScore: 'sum' })))
    const { competed, method } = found.record()
    expect(method.options).toMatchObject({ groups, groupScore: 'sum' })
    expect(competed).toMatchObject({
      complete: false,
      count: 9,
      groups: [
        { name: 'shoes', labels: [5, 7, 9] },
        { name: 'clothes', labels: [0, 1, 2, 3, 4, 6] }
      ],
      extensions: ['groups']
    })
    expect(found.out).toContain('  2 groups of 9 of 10 labels competed, an extension of Agon\n')
  })

  it('refuses what is no temperature, no file, no groups, and options without their like', async () => {
    const folder = temporaryFolder()
    const refused = async (text: RegExp, ...options: string[]) => {
      const { code, err } = await run(...options)
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(text) as unknown })
    }
    await refused(/soft:0\.1, found 'hot'/, '--competition', 'soft:hot')
    await refused(/Did you mean 'soft'/, '--competition', 'sfot')
    await refused(/missing\.json: expected a file that can be read/, '--groups', join(folder, 'missing.json'))
    await refused(/broken\.json: expected JSON/, '--groups', put(folder, 'broken.json', '{"a": [1'))
    await refused(/one\.json: expected at least two groups/, '--groups', put(folder, 'one.json', '{"a": [1]}'))
    await refused(/--group-score|groupScore/, '--group-score', 'sum')
    await refused(/Say --competition/, '--option', 'competition=soft')
    await refused(/ties 'keep'/, '--competition', 'soft', '--ties', 'keep')
    const lost = put(folder, 'lost.json', '{"a": ["Bag"], "b": [1]}')
    await refused(/target of a contest among groups.*'a', 'b', found label 9 \(Ankle boot\)/, '--groups', lost)
  })
})
