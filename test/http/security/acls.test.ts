import { describe, expect, it } from 'vitest'
import { readAcls } from '../../../src/http/security/acls.ts'
import { LocalAuthorizer } from '../../../src/http/security/authorizer.ts'

function authorizer(acls: object): LocalAuthorizer {
  return new LocalAuthorizer(readAcls(JSON.stringify(acls)))
}

const some = (...values: string[]) => ({ values })
const everybody = { type: 'ANY' }
const none = { type: 'NONE' }

describe('ACLs: the first rule that fits decides', () => {
  const acls = {
    register_frameworks: [
      { principals: some('ops'), roles: everybody },
      { principals: some('web', 'api'), roles: some('web', 'eng/%') },
      { principals: some('web'), roles: none },
      { principals: none, roles: some('secret') },
    ],
  }

  it.each([
    ['ops', 'anything', true],
    ['web', 'web', true],
    ['api', 'eng/ads', true],
    ['api', 'eng/ads/more', true],
    ['web', 'eng', false],
    ['web', 'ads', false],
    ['api', 'secret', false],
    ['ops', 'secret', true],
    [undefined, 'secret', false],
    ['api', 'ads', true],
    [undefined, 'ads', true],
  ])('%s in the role %s: %s', (principal, role, expected) => {
    expect(authorizer(acls).may(principal, 'register_frameworks', { role })).toBe(expected)
  })

  it('where none fits, everything is allowed, or nothing', () => {
    const strict = authorizer({ ...acls, permissive: false })
    expect(strict.may('api', 'register_frameworks', { role: 'ads' })).toBe(false)
    expect(strict.may('api', 'register_frameworks', { role: 'web' })).toBe(true)
    expect(strict.may('ops', 'update_quotas', { role: 'ads' })).toBe(false)
    expect(authorizer({}).may('ops', 'update_quotas', { role: 'ads' })).toBe(true)
  })

  it('whoever has no name may do what all may, and no more', () => {
    const rules = authorizer({
      permissive: false,
      view_roles: [{ principals: everybody, roles: some('open') }],
      update_weights: [{ principals: some('ops'), roles: everybody }],
    })
    expect(rules.may(undefined, 'view_roles', { role: 'open' })).toBe(true)
    expect(rules.may(undefined, 'update_weights', { role: 'open' })).toBe(false)
  })
})

describe('ACLs: what an action is about', () => {
  const info = { name: 'f', roles: ['*'], user: 'alice', principal: 'web' }
  const task = { taskId: 't', name: 't', agentId: 'a', resources: {} }
  const as = (user: string) => ({ value: 'true', carried: { user } })

  it.each([
    ['the user of the framework', {}, false],
    ['of the command', { command: as('bob') }, true],
    [
      "of the executor's command",
      { executor: { executorId: 'e', type: 'CUSTOM', command: as('bob') } as const },
      true,
    ],
    ['of the command that says none', { command: { value: 'true' } }, false],
  ])('run_tasks: %s', (_what, part, expected) => {
    const rules = authorizer({
      permissive: false,
      run_tasks: [{ principals: everybody, users: some('bob') }],
    })
    const object = { task: { ...task, ...part }, framework: info }
    expect(rules.may('web', 'run_tasks', object)).toBe(expected)
  })

  it.each([
    ['teardown_frameworks', 'framework_principals', { framework: info }, 'web'],
    ['unreserve_resources', 'reserver_principals', { principal: 'ops' }, 'ops'],
    ['destroy_volumes', 'creator_principals', { principal: 'ops' }, 'ops'],
    ['mark_agents_gone', 'agents', { hostname: 'one' }, 'one'],
    ['stop_maintenances', 'machines', { hostname: 'one' }, 'one'],
    ['get_endpoints', 'paths', { path: '/metrics' }, '/metrics'],
    ['view_frameworks', 'users', { framework: info }, 'alice'],
  ] as const)('%s goes by %s', (action, field, object, value) => {
    const rules = (name: string) =>
      authorizer({ permissive: false, [action]: [{ principals: everybody, [field]: some(name) }] })
    expect(rules(value).may('x', action, object)).toBe(true)
    expect(rules('else').may('x', action, object)).toBe(false)
  })
})

describe('ACLs: what cannot be is said', () => {
  it.each([
    ['no JSON', 'x', /are not JSON/],
    ['a list', '[]', /no object/],
    ['an unknown action', '{"run_task":[]}', /there is no action run_task/],
    [
      'an action for which nobody has a principal',
      '{"register_agents":[{"principals":{"type":"NONE"},"agents":{"type":"ANY"}}]}',
      /register_agents cannot be checked here: agents show a token .*; leave it out/,
    ],
    ['no list of rules', '{"run_tasks":{}}', /run_tasks is no list/],
    ['a rule that is none', '{"run_tasks":[1]}', /run_tasks\[0\] is no object/],
    [
      'what belongs to another action',
      '{"run_tasks":[{"principals":{"type":"ANY"},"roles":{"type":"ANY"}}]}',
      /has principals and users, and no roles/,
    ],
    ['nobody named', '{"run_tasks":[{"users":{"type":"ANY"}}]}', /principals is missing/],
    [
      'an unknown type',
      '{"run_tasks":[{"principals":{"type":"ALL"},"users":{"type":"ANY"}}]}',
      /neither texts as values nor type ANY or NONE/,
    ],
    ['permissive as a text', '{"permissive":"no"}', /permissive is neither/],
  ])('%s', (_what, text, sentence) => {
    expect(() => readAcls(text)).toThrow(sentence)
  })
})
