import type {
  StartMaintenance,
  StopMaintenance,
  UpdateMaintenanceSchedule,
} from '../../messages/maintenance.ts'
import {
  areSameTimes,
  keyOf,
  type Maintenance,
  machineOf,
  setMaintenance,
} from '../ledger/maintenance.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { problemWithMachines, problemWithSchedule } from '../validation/maintenance.ts'
import { loseAgent } from './agents.ts'
import { offerInversely } from './inverse-offers.ts'
import { confirmCall, refuseCall } from './settings.ts'
import { type From, type MasterStep, wantAllocation } from './step.ts'
import { withdrawFrom } from './withdrawal.ts'

/**
 * What an operator plans and does with machines (Mesos: docs/maintenance.md). Nothing happens by
 * itself: when a window begins or ends, only frameworks that look at the clock notice.
 */

/** What is to be worked on from now on, in place of all that was planned before. */
export function updateMaintenanceSchedule(
  step: MasterStep,
  call: From<UpdateMaintenanceSchedule>,
): void {
  const { book } = step
  const problem = problemWithSchedule(book, call.windows)
  if (problem !== undefined) return refuseCall(step, call, problem)
  plan(step, { ...book.maintenance, windows: call.windows })
  confirmCall(step, call)
}

/** The machines are down: their agents are shut down, and nobody registers from there. */
export function startMaintenance(step: MasterStep, call: From<StartMaintenance>): void {
  const { book, turn } = step
  const problem = problemWithMachines(book, call.machines, 'DRAINING')
  if (problem !== undefined) return refuseCall(step, call, problem)
  const { windows, down } = book.maintenance
  setMaintenance(book, { windows, down: [...down, ...call.machines] })
  for (const agent of [...book.agents.values()]) {
    const machine = machineOf(book, agent.info.hostname)
    if (machine?.mode !== 'DOWN' || agent.state === 'unreachable') continue
    const message = `the machine ${machine.hostname} was taken down`
    turn.send(agent.address, { type: 'lifecycle.shutdown', message })
    loseAgent(step, agent, 'agent.machineDown', message)
  }
  confirmCall(step, call)
}

/** The machines are up, and no part of the plan any more. */
export function stopMaintenance(step: MasterStep, call: From<StopMaintenance>): void {
  const { book } = step
  const problem = problemWithMachines(book, call.machines, 'DOWN')
  if (problem !== undefined) return refuseCall(step, call, problem)
  const up = new Set(call.machines.map(keyOf))
  const isElse = (hostname: string): boolean => !up.has(keyOf(hostname))
  plan(step, {
    windows: book.maintenance.windows
      .map((window) => ({ ...window, machines: window.machines.filter(isElse) }))
      .filter(({ machines }) => machines.length > 0),
    down: book.maintenance.down.filter(isElse),
  })
  confirmCall(step, call)
}

/**
 * Where the times of an agent's machine change, what is out on it was made on wrong terms: it is
 * made anew, and every answer is asked for anew.
 */
function plan(step: MasterStep, maintenance: Maintenance): void {
  const { book } = step
  const timesOf = ({ info }: AgentRecord) => machineOf(book, info.hostname)?.unavailability
  const agents = [...book.agents.values()]
  const before = agents.map(timesOf)
  setMaintenance(book, maintenance)
  for (const [index, agent] of agents.entries()) {
    if (areSameTimes(before[index], timesOf(agent))) continue
    withdrawFrom(step, agent)
    agent.notices.clear()
    agent.settled = undefined
    book.candidates.add(agent.id)
  }
  wantAllocation(step)
  offerInversely(step)
}
