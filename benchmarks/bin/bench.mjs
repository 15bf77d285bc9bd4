#!/usr/bin/env node
// `npm run bench` on a bare clone: installs, builds what has changed, then measures.
import { ensureBuilt, ensureInstalled } from '../../scripts/ensure.mjs'

ensureInstalled()
ensureBuilt()
await import('../dist/main.js')
