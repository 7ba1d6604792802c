/** A tiny tree that breaks one rule, and one that keeps it. */
export interface Sample {
  readonly rule: RegExp
  /** Where the breach is: `path:line`. */
  readonly at: string
  readonly bad: Readonly<Record<string, string>>
  readonly good: Readonly<Record<string, string>>
}

const lines = (count: number, line = 'f()') => Array.from({ length: count }, () => line).join('\n')
const body = (count: number) => `const f = (a: number): { b: 1 } => {\n${lines(count - 2)}\n}\n`
const method = (count: number) =>
  `class A {\n  f(g: () => void): B<{ c: 1 }> {\n${lines(count - 2)}\n}\n}\n`
const home = ['', 'home', 'me', 'x'].join('/')

/** For every rule at least one sample; a sample in code of the project is no breach itself. */
export const samples: readonly Sample[] = [
  {
    rule: /arrows/,
    at: 'src/model/a.ts:2',
    bad: { 'src/model/a.ts': "import './c.ts'\nimport { b } from '../machines/b.ts'" },
    good: { 'src/model/a.ts': "import { b } from '../messages/b.ts'\n// from '../cli/x.ts'" },
  },
  {
    rule: /arrows/,
    at: 'src/http/a.ts:1',
    bad: { 'src/http/a.ts': "export * from '../storage/b.ts'" },
    good: { 'src/http/a.ts': "const s = `from '../cli/x.ts'`; import('../actors/b.ts')" },
  },
  {
    rule: /arrows/,
    at: 'src/simulation/a.ts:1',
    bad: { 'src/simulation/a.ts': "import type { C } from '../cluster.ts'" },
    good: { 'src/testing.ts': "export * from './simulation/a.ts'" },
  },
  {
    rule: /arrows/,
    at: 'src/misc/a.ts:1',
    bad: { 'src/misc/a.ts': '' },
    good: { 'src/cluster/a.ts': "import '../frameworks/jobs.ts'" },
  },
  {
    rule: /arrows/,
    at: 'src/cli/a.ts:1',
    bad: { 'src/cli/a.ts': "import { x } from '../../test/support/x.ts'" },
    good: { 'src/cli/a.ts': "import { x } from '../index.ts'" },
  },
  {
    rule: /xstate is imported/,
    at: 'src/executors/a.ts:1',
    bad: { 'src/executors/a.ts': "import type { Actor } from 'xstate'" },
    good: { 'src/simulation/a.ts': "import { getAdjacencyMap } from 'xstate/graph'" },
  },
  {
    rule: /reachable/,
    at: 'src/model/b.ts:1',
    bad: {
      'src/index.ts': "export * from './model/a.ts'",
      'src/model/a.ts': '',
      'src/model/b.ts': '',
    },
    good: {
      'src/index.ts': "export * from './model/a.ts'",
      'src/model/a.ts': "new URL('./b.ts', import.meta.url)",
      'src/model/b.ts': '',
    },
  },
  {
    rule: /extension/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': "import './b'" },
    good: { 'src/model/a.ts': "import './b.ts'\nimport 'node:util'" },
  },
  ...['Date', 'performance', 'crypto', 'console', 'process'].map((name) => ({
    rule: /pure rooms/,
    at: 'src/machines/a.ts:2',
    bad: { 'src/machines/a.ts': `\nconst a = ${name}.x` },
    good: {
      'src/machines/a.ts': `const a = { ${name}: 1 }.${name} // ${name}\nconst b = '${name}'`,
      'src/actors/a.ts': `const a = ${name}.x`,
    },
  })),
  ...['Math.random()', 'setTimeout(f)', 'setInterval(f)', 'setImmediate(f)'].map((call) => ({
    rule: /pure rooms/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': `const a = ${call}` },
    good: { 'src/model/a.ts': `const a = clock.${call}` },
  })),
  ...['new Promise(f)', 'async () => {}', 'await f', "import('node:crypto')"].map((part) => ({
    rule: /pure rooms/,
    at: 'src/messages/a.ts:1',
    bad: { 'src/messages/a.ts': `const a = ${part}` },
    good: { 'src/messages/a.ts': `const a = '${part.replaceAll("'", '')}'` },
  })),
  {
    rule: /mutable state/,
    at: 'src/http/a.ts:2',
    bad: { 'src/http/a.ts': 'const f = () => {}\nlet a = 1' },
    good: { 'src/http/a.ts': 'const f = () => {\nlet a = 1\n}' },
  },
  {
    rule: /mutable state/,
    at: 'src/http/a.ts:1',
    bad: { 'src/http/a.ts': 'const seen = new Map<string, number>()' },
    good: { 'src/http/a.ts': 'const seen: ReadonlyMap<string, number> = new Map()' },
  },
  {
    rule: /mutable state/,
    at: 'src/http/a.ts:1',
    bad: { 'src/http/a.ts': "export const names = [\n  'a',\n]" },
    good: { 'src/http/a.ts': "export const names = [\n  'a',\n] as const\nconst own = ['b']" },
  },
  {
    rule: /mutable state/,
    at: 'src/http/a.ts:1',
    bad: { 'src/http/a.ts': 'export const table: Record<string, number> = { a: 1 }' },
    good: { 'src/http/a.ts': 'export const table: Readonly<Record<string, number>> = { a: 1 }' },
  },
  {
    rule: /files have at most 300/,
    at: 'test/a.test.ts:301',
    bad: { 'test/a.test.ts': lines(301) },
    good: { 'test/a.test.ts': `${lines(300)}\n` },
  },
  {
    rule: /half of the files/,
    at: 'src/model/b.ts:1',
    bad: { 'src/model/a.ts': lines(5), 'src/model/b.ts': lines(121), 'src/model/c.ts': lines(200) },
    good: {
      'src/model/a.ts': lines(5),
      'src/model/b.ts': lines(120),
      'src/model/c.ts': lines(200),
    },
  },
  {
    rule: /functions have at most 70/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': body(71) },
    good: { 'src/model/a.ts': `${body(70)}const data = {\n${lines(80, 'a: 1,')}\n}\n` },
  },
  {
    rule: /functions have at most 70/,
    at: 'src/model/a.ts:2',
    bad: { 'src/model/a.ts': method(71) },
    good: {
      'src/model/a.ts': method(70),
      'src/machines/a.ts': `function f() {\nsetup({\n${lines(80, 'a: 1,')}\n})\n}`,
    },
  },
  {
    rule: /lines have at most 100/,
    at: 'src/model/a.ts:2',
    bad: { 'src/model/a.ts': `\n// ${'a'.repeat(98)}` },
    good: { 'src/model/a.ts': `// ${'a'.repeat(97)}\nconst a = '${'a'.repeat(120)}'` },
  },
  {
    rule: /as default/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': 'export default 1' },
    good: { 'vitest.config.ts': 'export default 1', 'examples/job.js': 'export default 1' },
  },
  {
    rule: /type any/,
    at: 'test/a.ts:2',
    bad: { 'test/a.ts': 'const a = 1\nconst b: Array<any> = []' },
    good: { 'test/a.ts': 'const many = expect.any(Number) // any\nconst b = { any: 1 }' },
  },
  {
    rule: /by casts/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': 'const a = b as unknown as C' },
    good: { 'src/model/a.ts': 'const a = b as const // as unknown as C' },
  },
  {
    rule: /by comments/,
    at: 'src/model/a.ts:1',
    bad: { 'src/model/a.ts': '/* @ts-ignore */ f()' },
    good: { 'src/model/a.ts': "const a = '@ts-ignore'" },
  },
  {
    rule: /left over/,
    at: 'src/model/a.ts:2',
    bad: { 'src/model/a.ts': 'f() // fine\n/** FIXME: later */' },
    good: { 'src/model/a.ts': "const state = 'TODO' // a todo list" },
  },
  {
    rule: /singled out/,
    at: 'test/a.test.ts:1',
    bad: { 'test/a.test.ts': "test.only('a', f)" },
    good: { 'test/a.test.ts': "test('a .only b', f)" },
  },
  {
    rule: /skipped test/,
    at: 'test/a.test.ts:1',
    bad: { 'test/a.test.ts': "describe.skipIf(!here)('Cgroups', f)" },
    good: { 'test/a.test.ts': "describe.skipIf(!here)('Cgroups (needs root)', f)" },
  },
  {
    rule: /skipped test/,
    at: 'test/a.test.ts:1',
    bad: { 'test/a.test.ts': "test('a', ({ skip }) => skip(!here))" },
    good: { 'test/a.test.ts': "test('a', ({ skip }) => skip(!here, 'needs bwrap'))" },
  },
  {
    rule: /path of one machine/,
    at: 'src/cli/a.ts:1',
    bad: { 'src/cli/a.ts': `const a = '${home}'` },
    good: {
      'src/cli/a.ts': "const a = './home/me'; const b = '/api/work/1'",
    },
  },
]
