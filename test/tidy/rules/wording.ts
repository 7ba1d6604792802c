import { CODE, perFile, type Rule } from '../rule.ts'
import { matches } from '../scan.ts'

/** Job modules of users export their function as default, and so do examples and fixtures of it. */
const MAY_EXPORT_DEFAULT = /^vitest\.config\.ts$|^examples\/|\/fixtures\//

const defaultExports = perFile('nothing is exported as default', CODE, (file) =>
  MAY_EXPORT_DEFAULT.test(file.path)
    ? []
    : matches(
        file,
        'code',
        /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g,
        'give it a name and export that',
      ),
)

const anyType = perFile('the type any is not used', CODE, (file) =>
  matches(
    file,
    'code',
    /(?<![.\w$])any\b(?!\s*[:(?])/g,
    'name the type; where it is not known, unknown and a check',
  ),
)

const casts = perFile('the compiler is not silenced by casts', CODE, (file) =>
  matches(
    file,
    'code',
    /\bas\s+(?:unknown|never)\s+as\b/g,
    'a cast over unknown hides an error: check the value, or correct the type',
  ),
)

const directives = perFile('the compiler is not silenced by comments', CODE, (file) =>
  matches(
    file,
    'comments',
    /@ts-(?:ignore|nocheck)/g,
    'correct the type; a test of types may use @ts-expect-error',
  ),
)

const leftovers = perFile('no work is left over in comments', CODE, (file) =>
  matches(file, 'comments', /\b(?:TODO|FIXME|XXX)\b/g, 'do it now, or leave the remark out'),
)

const focus = perFile('no test is singled out', CODE, (file) =>
  matches(
    file,
    'code',
    /\b(?:it|test|describe|suite|bench)(?:\.\w+)*\.only\b/g,
    'remove .only: it hides all other tests',
  ),
)

/** A skip says why where the reporter prints it: in the note of the context, or in the title. */
const skips = perFile('a skipped test tells the reason', CODE, (file) =>
  matches(
    file,
    'code',
    /\b(?:it|test|describe|suite|context|ctx)\.(?:skip|skipIf|runIf|todo)\b|(?<![.\w$])skip\(/g,
    ({ index }) => {
      const statement = file.text
        .slice(index, index + 300)
        .split('\n')
        .slice(0, 3)
        .join('\n')
      return /\b(?:needs|because|no|not|without)\b[^'"`]+['"`]/.test(statement)
        ? undefined
        : "tell the reason: context.skip(condition, 'needs …'), or a title with 'needs …'"
    },
  ),
)

const paths = perFile('no path of one machine is written down', CODE, (file) =>
  matches(
    file,
    'text',
    /(?<![\w.$}])(?:\/(?:work|home|Users|root)\/\w|[A-Z]:\\\\?Users\b)/g,
    'take the path from the input, from import.meta.url or from os.tmpdir()',
  ),
)

export const wording: readonly Rule[] = [
  defaultExports,
  anyType,
  casts,
  directives,
  leftovers,
  focus,
  skips,
  paths,
]
