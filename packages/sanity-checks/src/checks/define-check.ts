import { resolveOptions, type Check } from '@agon/core'

/** What `defineCheck` needs: the facts of a check, the options with their defaults, and what makes its steps and trials of them. */
export interface CheckDefinition<Options extends object> extends Pick<Check, 'name' | 'cite' | 'criterion'> {
  readonly defaults: Options
  /** Checks and fills in options; throws AGON_BAD_OPTION. */
  readonly resolve?: (options: Options) => Options
  /** With `options` of its own where the given ones are not for reports. */
  readonly body: (options: Options) => Omit<Check, 'name' | 'cite' | 'criterion'>
}

/** Makes a check's factory, `(options) => Check`. Misspelled or mistyped options throw AGON_BAD_OPTION. */
export function defineCheck<Options extends object>(
  definition: CheckDefinition<Options>
): (options?: Partial<Options>) => Check {
  const { name, cite, criterion, defaults, resolve, body } = definition
  return (given) => {
    const found = resolveOptions(name, defaults, given)
    const options = resolve ? resolve(found) : found
    return { name, cite, criterion, options, ...body(options) }
  }
}
