import { describe, expect, test } from 'vitest'
import {
  agentMachine,
  createMasterMachine,
  executorMachine,
  machines,
  schedulerMachine,
} from '../../src/machines/index.ts'
import { statesByEvents } from '../../src/machines/support/describe.ts'
import { ownTransitions, pathName, stateNodesOf } from '../../src/machines/support/names.ts'
import * as allocation from '../../src/messages/allocation.ts'
import * as lifecycle from '../../src/messages/lifecycle.ts'
import * as task from '../../src/messages/task.ts'

const roles = [
  {
    role: 'master',
    machine: createMasterMachine(),
    told: [...lifecycle.toMaster, ...allocation.toMaster, ...task.toMaster],
  },
  {
    role: 'scheduler',
    machine: schedulerMachine,
    told: [...lifecycle.toScheduler, ...allocation.toScheduler, ...task.toScheduler],
  },
  { role: 'agent', machine: agentMachine, told: [...lifecycle.toAgent, ...task.toAgent] },
  {
    role: 'executor',
    machine: executorMachine,
    told: [...lifecycle.toExecutor, ...task.toExecutor],
  },
]

describe('Vocabulary: no state leaves a message of its role to the wildcard', () => {
  test.each(roles.map((each) => [each.role, each] as const))('%s', (_, { machine, told }) => {
    const { states: all, events, cell } = statesByEvents(machine)
    // An actor never stays in a state that it always leaves, so nothing reaches it there.
    const passed = stateNodesOf(machine).filter((node) => node.always?.at(-1)?.guard === undefined)
    const left = new Set(passed.filter(({ always }) => always !== undefined).map(pathName))
    const states = all.filter((state) => !left.has(state))
    const answer = (state: string, type: string) => (events.includes(type) ? cell(state, type) : '')
    const isParallel = machine.root.type === 'parallel'
    const unanswered = told.flatMap(({ type }) => {
      // In a parallel chart it is enough that one region answers, whichever state that is in.
      if (!isParallel)
        return states.filter((s) => answer(s, type) === '').map((s) => `${s}: ${type}`)
      const regions = new Map<string, boolean>()
      for (const state of states) {
        const [region = ''] = state.split('.')
        regions.set(region, (regions.get(region) ?? true) && answer(state, type) !== '')
      }
      return [...regions.values()].includes(true) ? [] : [type]
    })
    expect(unanswered).toEqual([])
  })
})

test.each(machines.map((each) => [each.name, each] as const))(
  '%s: what does nothing says why',
  (_, { machine }) => {
    const silent = stateNodesOf(machine).flatMap((node) =>
      ownTransitions(node)
        .filter(({ target, actions, description }) => {
          return target === undefined && actions.length === 0 && description === undefined
        })
        .map(({ eventType }) => `${pathName(node)}: ${eventType}`),
    )
    expect(silent).toEqual([])
  },
)
