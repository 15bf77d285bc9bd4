import { AgonError } from 'agon'

/** Words that cannot name a variable. */
const reserved = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if
  implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof
  undefined var void while with yield`.split(/\s+/)
)

/** A name in its two forms: `my-method` of files, packages and lists, `myMethod` of variables. */
export interface NewName {
  readonly kebab: string
  readonly camel: string
}

/** Throws AGON_BAD_OPTION for what cannot be a file, package and variable, AGON_DUPLICATE_NAME for a name that is taken. */
export function parseNewName(text: string, taken: readonly string[]): NewName {
  const what = `name '${text}'`
  const isName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) && text.length <= 100
  if (!isName || reserved.has(text)) {
    throw new AgonError('AGON_BAD_OPTION', {
      what,
      expected: 'small letters, digits and single hyphens, a letter first, as in my-method',
      found: reserved.has(text) ? 'a word of the language' : 'something else'
    })
  }
  if (taken.includes(text)) {
    throw new AgonError('AGON_DUPLICATE_NAME', {
      what,
      expected: 'a name that is not taken',
      found: 'a method of Agon'
    })
  }
  return { kebab: text, camel: text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) }
}
