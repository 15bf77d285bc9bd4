import type { Node } from '@agon/core'
import { axesInput } from './axes.js'
import { extra, type Site, type Upgrade } from './site.js'

/** ReduceL1 = sum of |x|, ReduceSumSquare = sum of x^2, ReduceL2 = its square root, ReduceLogSum = log of the sum. */
function throughSum(before: 'Abs' | 'Mul' | undefined, after: 'Sqrt' | 'Log' | undefined): Upgrade {
  return (site) => {
    const form = axesInput(18)(site)
    if ('refused' in form) return form
    return around(site, form[0]!, before, after)
  }
}

function around(site: Site, node: Node, before: string | undefined, after: string | undefined): readonly Node[] {
  const [x, ...axes] = node.inputs
  const input = before ? site.value('summand') : x!
  const output = after ? site.value('total') : node.outputs[0]!
  return [
    ...(before ? [extra(site, before, before === 'Mul' ? [x!, x!] : [x!], [input])] : []),
    { ...node, op: 'ReduceSum', inputs: [input, ...axes], outputs: [output] },
    ...(after ? [extra(site, after, [output], node.outputs)] : [])
  ]
}

export const reduceL1 = throughSum('Abs', undefined)
export const reduceL2 = throughSum('Mul', 'Sqrt')
export const reduceSumSquare = throughSum('Mul', undefined)
export const reduceLogSum = throughSum(undefined, 'Log')
