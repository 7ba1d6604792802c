import { describe, expect, test } from 'vitest'
import { functionSpans } from './functions.ts'
import { importsOf } from './imports.ts'
import { rules } from './rules.ts'
import { samples } from './samples.ts'
import { scan } from './scan.ts'

function treeOf(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([path, text]) => scan(path, text))
}

describe('House rules: the checks themselves', () => {
  for (const rule of rules) {
    const own = samples.filter((sample) => sample.rule.test(rule.name))

    test(`${rule.name}: a breach is found where it is, and nothing else`, () => {
      expect(own.length).toBeGreaterThan(0)
      for (const { bad, good, at } of own) {
        const found = rule.check(treeOf(bad)).map(({ file, line }) => `${file}:${line}`)
        expect(found, JSON.stringify(bad)).toEqual([at])
        expect(rule.check(treeOf(good)), JSON.stringify(good)).toEqual([])
      }
    })
  }

  test('every sample belongs to one rule', () => {
    for (const { rule } of samples) {
      expect(rules.filter(({ name }) => rule.test(name)).length, String(rule)).toBe(1)
    }
  })
})

describe('scan', () => {
  const codeOf = (text: string) => scan('a.ts', text).code

  test('comments and the inside of literals are blank, with lines and columns kept', () => {
    expect(codeOf("a('x//y') // z")).toBe("a('    ')     ")
    expect(codeOf('a\n/* b\n*/ c')).toBe('a\n    \n   c')
    expect(scan('a.ts', 'a // b').comments).toBe('  // b')
  })

  test('code inside of a template stays code', () => {
    const hole = (inside: string) => `$\{${inside}}`
    expect(codeOf(`\`a ${hole('b({ c: `d` })')} e\` + f`)).toBe(
      `\`  ${hole('b({ c: ` ` })')}  \` + f`,
    )
  })

  test('a slash divides after a value and begins an expression elsewhere', () => {
    expect(codeOf("a / b / 'c'")).toBe("a / b / ' '")
    expect(codeOf("return /['/]/.test(x) // y")).toBe('return /    /.test(x)     ')
    expect(codeOf('(a) / b')).toBe('(a) / b')
  })

  test('escaped quotes do not end a string', () => {
    expect(codeOf("'a\\'b' + c")).toBe("'    ' + c")
  })
})

describe('functionSpans', () => {
  const linesOf = (text: string) => functionSpans(scan('a.ts', text)).map(({ lines }) => lines)

  test('functions, methods and arrows count; loops, objects, types and classes do not', () => {
    expect(linesOf('function f() {\n}')).toEqual([2])
    expect(linesOf('const f = async <T>(a: T): Promise<T> => {\n\n}')).toEqual([3])
    expect(linesOf('class A {\n  get b(): { c: string }[] {\n  }\n}')).toEqual([2])
    expect(linesOf('for (const a of b()) {\n}\nif (c()) {\n}')).toEqual([])
    expect(linesOf('const a = {\n}\ninterface B {\n  c(): void\n}\ntype D = {\n}')).toEqual([])
    expect(linesOf('function f(a: A): a is { b: 1 } {\n}')).toEqual([2])
  })
})

describe('importsOf', () => {
  test('all forms of imports are seen, strings and comments are not', () => {
    const text = [
      "import a, { b } from './a.ts'",
      "import './b.ts'",
      "export {\n  c,\n} from './c.ts'",
      "const d = await import('./d.ts')",
      "new URL('./e.ts', import.meta.url)",
      'const f = "import \'./f.ts\'"',
      "// import './g.ts'",
    ].join('\n')
    expect(importsOf(scan('a.ts', text))).toEqual([
      { specifier: './a.ts', line: 1 },
      { specifier: './b.ts', line: 2 },
      { specifier: './c.ts', line: 5 },
      { specifier: './d.ts', line: 6 },
      { specifier: './e.ts', line: 7 },
    ])
  })
})
