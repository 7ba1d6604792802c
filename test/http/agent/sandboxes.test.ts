import { describe, expect, test } from 'vitest'
import type { SandboxPlace } from '../../../src/actors/ports.ts'
import { Sandboxes } from '../../../src/http/agent/sandboxes.ts'

/** Sandboxes of what lives as the test says, by container or task. */
function remembering(...living: readonly string[]): Sandboxes {
  const lives = ({ containerId = '', taskId }: SandboxPlace): boolean =>
    living.includes(taskId ?? containerId)
  return new Sandboxes('/work', lives)
}

const runPath = (run: string): string => `/frameworks/F/executors/E/runs/${run}`

describe('Sandboxes of an agent: what is remembered', () => {
  test('of an executor that begins again and again the last runs, and the one that lives', () => {
    const sandboxes = remembering('C0')
    const names = Array.from({ length: 400 }, (_, at) => `C${at}`)
    for (const containerId of names) {
      sandboxes.add({ frameworkId: 'F', executorId: 'E', containerId }, `/real/${containerId}`)
    }
    const isFound = (name: string): boolean => sandboxes.find(runPath(name)) !== undefined
    const isFoundReally = (name: string): boolean =>
      sandboxes.find(`/real/${name}/stdout`) !== undefined
    expect(names.filter(isFound)).toEqual(['C0', ...names.slice(-149)])
    expect(names.filter(isFoundReally)).toEqual(['C0', ...names.slice(-149)])
    expect(sandboxes.find(runPath('latest'))).toMatchObject({ root: '/real/C399' })
  })

  test('of an executor with tasks without end the last ones, and those that run', () => {
    const sandboxes = remembering('T0', 'T7')
    const names = Array.from({ length: 1_000 }, (_, at) => `T${at}`)
    const place = { frameworkId: 'F', executorId: 'E', containerId: 'C' }
    for (const taskId of names) sandboxes.add({ ...place, taskId }, `/real/${taskId}`)
    const listed = sandboxes.find(`${runPath('C')}/tasks`)
    const left = listed !== undefined && 'names' in listed ? listed.names : []
    expect(new Set(left)).toEqual(new Set(['T0', 'T7', ...names.slice(-198)]))
    expect(sandboxes.find('/real/T7/stdout')).toEqual({
      ...{ frameworkId: 'F', executorId: 'E' },
      root: '/real/T7',
      rest: 'stdout',
    })
    expect(sandboxes.find('/real/T8/stdout')).toBeUndefined()
  })

  test('of ever new executors the last ones, and those that live, with all their folders', () => {
    const sandboxes = new Sandboxes('/work', ({ executorId }) => executorId === 'E0')
    const names = Array.from({ length: 3_000 }, (_, at) => `E${at}`)
    for (const executorId of names) {
      sandboxes.add({ frameworkId: 'F', executorId, containerId: 'C' }, `/real/${executorId}`)
    }
    const isFound = (name: string): boolean =>
      sandboxes.find(`/frameworks/F/executors/${name}/runs/latest`) !== undefined
    expect(names.filter(isFound)).toEqual(['E0', ...names.slice(-1_999)])
    const isFoundReally = (name: string): boolean => sandboxes.find(`/real/${name}`) !== undefined
    expect(names.filter(isFoundReally)).toEqual(['E0', ...names.slice(-1_999)])
  })

  test('more that live than are remembered of the dead all stay, and go when they have ended', () => {
    let isLiving = true
    const sandboxes = new Sandboxes('/work', () => isLiving)
    const place = { frameworkId: 'F', executorId: 'E', containerId: 'C' }
    const add = (from: number, to: number): void => {
      for (let at = from; at < to; at++) sandboxes.add({ ...place, taskId: `T${at}` }, `/r/T${at}`)
    }
    const count = (): number => {
      const listed = sandboxes.find(`${runPath('C')}/tasks`)
      return listed !== undefined && 'names' in listed ? listed.names.length : 0
    }
    add(0, 500)
    expect(count()).toBe(500)
    isLiving = false
    add(500, 1_000)
    expect(count()).toBe(200)
  })
})
