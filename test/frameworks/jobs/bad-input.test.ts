import { describe, expect, it } from 'vitest'
import type { Jobs } from '../../../src/frameworks/jobs/jobs.ts'
import { InvalidInputError } from '../../../src/model/errors.ts'
import type { Needs } from '../../../src/model/resources/amounts.ts'
import { createWorld } from '../../support/world.ts'

async function tenantOf(): Promise<Jobs> {
  const world = await createWorld({ agents: [{ cpus: 4, mem: 4_096, ports: [[31_000, 31_010]] }] })
  return world.cluster.jobs('reports')
}

/** What a caller in plain JavaScript may pass, whatever the types say. */
function untyped<Options extends object>(options: object): Options {
  const copy: Options = Object.assign(Object.create(null), options)
  return copy
}

describe('Bad input: amounts', () => {
  const cases: [string, Needs, RegExp][] = [
    ['negative', { cpus: -1 }, /cpus is -1; an amount cannot be negative/],
    ['not a number', { mem: Number.NaN }, /mem is NaN; give a finite number/],
    ['infinite', { cpus: Number.POSITIVE_INFINITY }, /cpus is Infinity; give a finite number/],
    ['absurd', { mem: 1e15 }, /mem is 1000000000000000; more than .* is surely a slip/],
    ['half a gpu', { gpus: 0.5 }, /gpus come as whole units/],
    ['a port range that is upside down', { ports: [[90, 80]] }, /ports has the range \[90, 80\]/],
    ['ports that overlap', { ports: [[1, 5], [5, 9]] }, /ports lists 5 twice/], // biome-ignore format: one line reads better
    ['half a port', { ports: 1.5 }, /ports is 1.5; give how many, or ranges such as/],
    ['ports below zero', { ports: -1 }, /ports is -1; give how many/],
    ['more ports than there are', { ports: 65_537 }, /ports is 65537; give how many/],
    ['half a port of a kind', { resources: { 'ports(eng)': 0.5 } }, /ports\(eng\) is 0.5; give/],
    ['a set with the same name twice', { resources: { disks: ['a', 'a'] } }, /disks lists a twice/],
  ]
  for (const [what, amounts, sentence] of cases) {
    it(`${what}: each way to hand over work throws, and nothing is queued`, async () => {
      const tenant = await tenantOf()
      const attempts = [
        () => tenant.submit({ command: 'true', ...amounts }),
        () => tenant.call(() => 'never', amounts),
        () => tenant.run('module.js', amounts),
      ]
      for (const attempt of attempts) {
        expect(attempt).toThrow(InvalidInputError)
        expect(attempt).toThrow(sentence)
      }
      expect(() => tenant.acquire(amounts)).toThrow(sentence)
      expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
    })
  }
})

describe('Bad input: what no agent has', () => {
  const cases: [string, Needs, RegExp][] = [
    ['too many cpus', { cpus: 5 }, /job-1 can never run: it needs 5 cpus, the largest agent has 4/],
    ['too much memory', { mem: 8_192 }, /it needs 8192 MB, the largest agent has 4096/],
    ['a port of somebody else', { ports: [[80, 80]] }, /it needs ports 80-80/],
    ['an unknown resource', { resources: { cpu: 1 } }, /named cpu; did you mean cpus\?/],
    ['a known one that nobody has', { gpus: 1 }, /no agent has any gpus/],
  ]
  for (const [what, amounts, sentence] of cases) {
    it(`${what}: the task ends at once with the reason`, async () => {
      const tenant = await tenantOf()
      const task = tenant.submit({ command: 'true', ...amounts })
      const result = await task.done
      expect(result).toMatchObject({ state: 'TASK_ERROR', reason: 'TASK_INVALID', attempts: 0 })
      expect(result.message).toMatch(sentence)
    })
  }

  it('a demand for nothing at all is answered too', async () => {
    const world = await createWorld()
    const task = world.cluster.jobs('reports').submit({ command: 'true', cpus: 0 })
    expect(await world.until(task.done)).toMatchObject({
      state: 'TASK_ERROR',
      message: expect.stringMatching(/no resources at all/),
    })
  })
})

describe('Bad input: options', () => {
  it('a key that nobody reads is named, with the one that was meant', async () => {
    const tenant = await tenantOf()
    expect(() => tenant.submit(untyped({ command: 'true', retrys: 1 }))).toThrow(
      /job job: there is no option retrys; did you mean retries\?; known are cpus, mem/,
    )
    expect(() => tenant.call(() => 1, untyped({ cpu: 1 }))).toThrow(/cpu; did you mean cpus\?/)
    expect(() => tenant.run('x.js', untyped({ env: {} }))).toThrow(/there is no option env/)
    expect(() => tenant.acquire(untyped({ retries: 1 }))).toThrow(/there is no option retries/)
  })

  it('requests of the wrong kind are refused in a sentence', async () => {
    const tenant = await tenantOf()
    const noCommand = /the command is a shell line, or a list/
    expect(() => tenant.submit(untyped({}))).toThrow(noCommand)
    expect(() => tenant.submit(untyped({ command: 5 }))).toThrow(noCommand)
    expect(() => Reflect.apply(tenant.submit, tenant, [])).toThrow(/give an object with options/)
    expect(() => Reflect.apply(tenant.acquire, tenant, [null])).toThrow(/give an object/)
    expect(() => Reflect.apply(tenant.call, tenant, ['x'])).toThrow(/give a function to call/)
    expect(() => tenant.call(() => 1, untyped({ cpus: '1' }))).toThrow(/cpus is "1"; give a number/)
    expect(() => tenant.call(() => 1, untyped({ ports: '1' }))).toThrow(
      /job call: ports is "1"; give how many, or ranges such as/,
    )
  })

  it('a signal that is none is refused, and the job does not run', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const tenant = world.cluster.jobs('reports')
    let ran = false
    const work = () => {
      ran = true
    }
    expect(() => tenant.call(work, untyped({ signal: 'no' }))).toThrow(/not an AbortSignal/)
    await world.settle()
    expect(ran).toBe(false)
  })

  it('a call that took too long says so, whatever it throws when it is ended', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const sulk = (signal: AbortSignal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('why me?')))
      })
    const call = world.cluster.jobs('reports').call(sulk, { maxTimeMs: 200 })
    const ended = expect(call).rejects.toThrow(/did not end within 200 ms/)
    await world.settle()
    await world.advance(10_000)
    await ended
  })

  it('a preference for nobody is refused by each way to hand over work', async () => {
    const tenant = await tenantOf()
    const sentence = /prefers names neither agents nor attributes/
    expect(() => tenant.submit({ command: 'true', prefers: {} })).toThrow(sentence)
    expect(() => tenant.call(() => 1, { prefers: {} })).toThrow(sentence)
    expect(() => tenant.run('x.js', { prefers: {} })).toThrow(sentence)
    expect(() => tenant.acquire({ prefers: {} })).toThrow(sentence)
    expect(() => tenant.acquire({ preferWaitMs: 5 })).toThrow(/but prefers is missing/)
    expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
  })

  it('retries that are no whole number of times', async () => {
    const tenant = await tenantOf()
    for (const retries of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => tenant.submit({ command: 'true', retries })).toThrow(
        `job job: retries is ${retries}; give a whole number`,
      )
    }
  })

  it('times below zero, or that are no number', async () => {
    const tenant = await tenantOf()
    expect(() => tenant.submit({ command: 'true', killGraceMs: -1 })).toThrow(/killGraceMs is -1/)
    expect(() => tenant.call(() => 1, { maxTimeMs: Number.NaN })).toThrow(/maxTimeMs is NaN/)
  })

  it('a command without anything in it', async () => {
    const tenant = await tenantOf()
    expect(() => tenant.submit({ command: '  ' })).toThrow('job job: the command is empty')
    expect(() => tenant.submit({ command: [''] })).toThrow(/the command names no program/)
    expect(() => tenant.submit(untyped({ command: [] }))).toThrow(/the command names no program/)
  })

  it('a name that cannot be a folder', async () => {
    const tenant = await tenantOf()
    for (const name of ['a/b', 'a\\b', 'a\nb', 'x'.repeat(255)]) {
      expect(() => tenant.submit({ command: 'true', name })).toThrow(InvalidInputError)
    }
    expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
  })

  it('a health check without what it checks', async () => {
    const tenant = await tenantOf()
    expect(() => tenant.submit({ command: 'true', healthCheck: { type: 'HTTP' } })).toThrow(
      'job job: the health check has no http part',
    )
  })

  it('a grace that is no time', async () => {
    const world = await createWorld()
    const value = world.cluster.jobs('reports').call(() => new Promise<never>(() => {}))
    value.catch(() => {})
    const { task } = value
    await world.settle()
    expect(() => task.kill({ graceMs: Number.NaN })).toThrow(/graceMs is NaN; give zero or more/)
    expect(() => task.kill({ graceMs: -1 })).toThrow(InvalidInputError)
    expect(task.state).toBe('TASK_RUNNING')
  })
})
