import { describe } from 'vitest'
import { testAgainstReference } from './against-reference.js'
import { hostEngine, missing } from './host.js'

describe.skipIf(missing)(`engine 'cuda' on the host${missing ? ` (${missing})` : ''}`, () => {
  testAgainstReference(hostEngine)
})
