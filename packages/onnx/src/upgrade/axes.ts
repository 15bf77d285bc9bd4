import { integers, numbersAttribute, reform, type Upgrade } from './site.js'

/** Squeeze, Unsqueeze (13), ReduceSum (13), other Reduce* (18): the attribute `axes` became an input in opset `since`. */
export function axesInput(since: number): Upgrade {
  return (site) => {
    const { node, version } = site
    if (version >= since) return [node]
    const axes = numbersAttribute(site, 'axes')
    const inputs = axes === undefined ? [node.inputs[0]!] : [node.inputs[0]!, site.add('axes', integers(axes))]
    return [reform(node, inputs, ['axes'])]
  }
}
