import { methods } from '@agon/methods'
import { alternate, type Contender } from './alternate.js'
import type { Case, Context } from './case.js'
import { attributions } from './catalog.js'
import { peersOf } from './contenders.js'
import { graphFiles } from './graphs.js'
import { rounds } from './models-suite.js'
import { ownAttribution } from './own.js'
import type { BenchRecord } from './records.js'
import { tfjsContender } from './tfjs.js'

type Method = (typeof attributions.methods)[number]
type Net = (typeof attributions.models)[number]

/** One label by methods that average many gradients: agon beside Captum and tfjs. */
export const attributionCases: readonly Case[] = attributions.methods.flatMap((method) =>
  attributions.models.map((net) => ({
    id: `attribution/${method.name}/${net.name}`,
    run: (context: Context) => measure(method, net, context)
  }))
)

async function measure(method: Method, net: Net, context: Context): Promise<BenchRecord> {
  const id = `attribution/${method.name}/${net.name}`
  if (!methods.has(method.name)) return { kind: 'skip', id, reason: `@agon/methods has no method '${method.name}'` }
  const files = graphFiles(net.name, context.places)
  if (files === undefined) return { kind: 'skip', id, reason: 'no model file; it is exported by a Python with torch' }
  const { gradients } = attributions
  const sampling = { threads: context.options.threads, seconds: 0.2 }
  const counts = [gradients]
  const own: Contender = {
    name: 'agon',
    counts,
    sample: (n) => ownAttribution(files, method, n, sampling),
    optional: false
  }
  const specs = [...net.captum.always, ...(context.options.full ? net.captum.full : [])].map(
    (way) => `${method.name}:${way}`
  )
  const peers = await peersOf(context, [{ family: 'captum', model: net.name, specs, counts }])
  const tfjs = net.tfjs ? tfjsContender(context, files, method.name, sampling, counts) : { skipped: [] }
  const contenders = [own, ...peers.contenders, ...('contender' in tfjs ? [tfjs.contender] : [])]
  try {
    const { systems, skipped } = await alternate(contenders, rounds(context, id, 4))
    return {
      kind: 'attribution',
      id,
      model: net.name,
      method: method.name,
      gradients,
      systems,
      versions: peers.versions,
      skipped: [...peers.skipped, ...('skipped' in tfjs ? tfjs.skipped : []), ...skipped],
      ...('goal' in net && { goal: net.goal })
    }
  } finally {
    peers.stop()
  }
}
