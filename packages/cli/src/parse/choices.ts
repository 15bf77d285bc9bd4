import { AgonError, knownNames } from 'agon'

/** One of the choices. Throws AGON_BAD_OPTION with the nearest one. */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text.trim())
  if (found !== undefined) return found
  throw new AgonError('AGON_BAD_OPTION', { what: option, ...knownNames(text.trim(), choices) })
}

/** Choices separated by commas, each once. Throws AGON_BAD_OPTION, AGON_DUPLICATE_NAME. */
export function parseChoices<T extends string>(option: string, text: string, choices: readonly T[]): T[] {
  const chosen = text.split(',').map((part) => parseChoice(option, part, choices))
  assertOnce(option, chosen)
  return chosen
}

/** Throws AGON_DUPLICATE_NAME if something is named twice. */
export function assertOnce(option: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice === undefined) return
  throw new AgonError('AGON_DUPLICATE_NAME', { what: option, expected: 'every name once', found: `'${twice}' twice` })
}
