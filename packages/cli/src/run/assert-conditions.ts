import { AgonError, knownNames, type Condition, type Report } from 'agon'

/** What conditions can speak of, known before a run starts. */
export type Speakable = Pick<Report, 'methods' | 'checks' | 'metrics' | 'similarities'>

/** Throws AGON_UNKNOWN_NAME for a condition about something that a run does not have: before hours of work, not after them. */
export function assertConditions(conditions: readonly Condition[], facts: Speakable): void {
  for (const condition of conditions) {
    assertKnown(condition, condition.method, namesOf(facts.methods))
    assertKnown(condition, condition.measured, measurable(facts))
  }
}

/** Metrics, and every figure of every check. */
function measurable({ checks, metrics, similarities }: Speakable): string[] {
  const ofChecks = checks.flatMap(({ name, figures }) =>
    namesOf(figures ?? similarities).map((each) => `${name} ${each}`)
  )
  return [...ofChecks, ...namesOf(metrics)]
}

function assertKnown({ text }: Condition, name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `'${name}' in --fail-on '${text}'`, ...knownNames(name, known) })
}

function namesOf(things: readonly { readonly name: string }[]): string[] {
  return things.map(({ name }) => name)
}
