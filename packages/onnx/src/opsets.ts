import { AgonError } from '@agon/core'
import { wideNumber, type OpsetProto } from './decode.js'
import { normalDomain, type Opsets } from './raw-node.js'

export const oldestOpset = 7
export const newestOpset = 22

/** Versions by domain. Throws AGON_UNSUPPORTED_OPERATOR unless the version of ONNX's own operators is one that is understood. */
export function readOpsets(imports: readonly OpsetProto[], what: string): Opsets {
  const opsets = new Map(imports.map(({ domain, version }) => [normalDomain(domain), wideNumber(version)]))
  const version = opsets.get('')
  if (version === undefined || (version >= oldestOpset && version <= newestOpset)) return opsets
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what,
    expected: `operator set ${oldestOpset} to ${newestOpset}`,
    found: `${version}`,
    remedy: 'Export it with opset 18 or 21, or convert it with onnx.version_converter.'
  })
}
