import { readFileSync } from 'node:fs'
import { metrics } from '@agon/metrics'
import { expect, it } from 'vitest'

it('lists every metric, its direction and the page that explains it', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| \[`([^`]+)`\]\((\S+)\) .* \| (higher|lower) \|$/gm)]
  expect(rows.map(([, name, , direction]) => [name, direction])).toEqual(
    [...metrics].map(({ name, create }) => [name, create().direction])
  )
  for (const [, name, page] of rows) {
    expect(readFileSync(new URL(`../${page}`, import.meta.url), 'utf8')).toContain(`# ${name}\n`)
  }
})
