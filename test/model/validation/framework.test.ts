import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../../src/machines/master.ts'
import type { FrameworkInfo } from '../../../src/messages/index.ts'
import { problemWithFramework } from '../../../src/model/validation/framework.ts'
import { problemWithRole } from '../../../src/model/validation/roles.ts'
import { Stage } from '../../machines/support/stage.ts'
import { masterInput, one } from '../../machines/support/told-master.ts'

describe('Roles', () => {
  test.each(['*', 'eng', 'eng/ads', 'a-b', 'Ünï', 'a.b', 'a\\b'])('%s is legal', (role) => {
    expect(problemWithRole(role)).toBeUndefined()
  })

  test.each([
    ['', 'a role name is empty'],
    ['/eng', 'the role "/eng" has a slash too many'],
    ['eng/', 'the role "eng/" has a slash too many'],
    ['a//b', 'the role "a//b" has a slash too many'],
    ['a/../b', 'the role "a/../b" has the part "..", which is not allowed'],
    ['.', 'the role "." has the part ".", which is not allowed'],
    ['eng/*', 'the role "eng/*" has the part "*", which is not allowed'],
    ['a/-b', 'the role "a/-b" has a part that begins with a dash'],
    ['a b', 'the role "a b" has white space in it'],
    ['a\u007f', 'the role "a\u007f" has white space in it'],
  ])('%j is refused', (role, sentence) => {
    expect(problemWithRole(role)).toBe(sentence)
  })
})

describe('Frameworks', () => {
  test('whoever may have many roles may have none', () => {
    const info: FrameworkInfo = { name: 'one', roles: [], capabilities: ['MULTI_ROLE'] }
    expect(problemWithFramework(info, [])).toBeUndefined()
  })

  test('very many roles are judged as soon as they are read', () => {
    const roles = Array.from({ length: 60_000 }, (_, index) => `role-${index}`)
    expect(problemWithFramework({ name: 'one', roles }, roles)).toBeUndefined()
  })

  const cases: [string, Partial<FrameworkInfo>, string[], string][] = [
    ['no role', { roles: [] }, [], 'the framework has no role; give "*" for the common one'],
    ['a bad role', { roles: ['a', ''] }, [], 'a role name is empty'],
    ['a role twice', { roles: ['a', 'b', 'a'] }, [], 'the role a is listed twice'],
    [
      'a suppressed role that is not its own',
      {},
      ['two'],
      "the role two cannot be suppressed: it is not among the framework's roles",
    ],
    [
      'a negative failover timeout',
      { failoverTimeoutMs: -1 },
      [],
      'failoverTimeoutMs is -1; give zero or more milliseconds',
    ],
    [
      'an endless failover timeout',
      { failoverTimeoutMs: Number.POSITIVE_INFINITY },
      [],
      'failoverTimeoutMs is Infinity; give zero or more milliseconds',
    ],
    [
      'offer constraints for a role that is not its own',
      { offerConstraints: { two: [[{ attributeName: 'a', exists: true }]] } },
      [],
      "there are offer constraints for the role two, which is not among the framework's roles",
    ],
    [
      'offer constraints that cannot be read',
      { offerConstraints: { one: [[{ attributeName: 'a', textMatches: '(' }]] } },
      [],
      'offer constraints: the pattern `(` cannot be read: missing closing ): `(`',
    ],
  ]

  test.each(cases)(
    'with %s: refused with an error, and not remembered',
    (_, changes, roles, sentence) => {
      const framework = { ...one, ...changes }
      expect(problemWithFramework(framework, roles)).toBe(sentence)
      for (const type of ['lifecycle.register', 'lifecycle.reregister']) {
        const stage = new Stage(createMasterMachine(), masterInput)
        const from = 'scheduler/one'
        stage.tell({ type, from, framework, frameworkId: 'm-0000', suppressedRoles: roles })
        expect(stage.hear('lifecycle.error')).toEqual([
          { type: 'lifecycle.error', message: sentence },
        ])
        expect(stage.book.frameworks.size).toBe(0)
      }
    },
  )

  test('that are well described join', () => {
    expect(problemWithFramework(one, ['one'])).toBeUndefined()
    expect(problemWithFramework({ name: 'x', roles: ['*', 'eng/ads'] }, [])).toBeUndefined()
    const offerConstraints = { one: [[{ attributeName: 'a', textMatches: 'r[0-9]' }]] }
    expect(problemWithFramework({ ...one, offerConstraints }, [])).toBeUndefined()
  })
})
