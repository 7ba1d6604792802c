import type { MaintenanceWindow } from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import type { Ledger } from '../model/ledger/ledger.ts'
import { checkKeys } from '../model/resources/amounts.ts'
import { isName, problemWithGrace, problemWithWindow } from '../model/validation/maintenance.ts'
import { Settings } from './settings.ts'
import { type MaintenanceStatus, maintenanceStatusOf } from './snapshot.ts'

/** How an agent is emptied. */
export interface DrainOptions {
  /** No task gets longer than this to end, in milliseconds, whatever it asked for. */
  readonly maxGraceMs?: number
  /** Once it is empty it is declared gone, and may never come back under its id. */
  readonly markGone?: boolean
}

const windowKeys = ['machines', 'startMs', 'durationMs']

/**
 * What an operator does with agents and machines. An agent is named by its id or its name, a
 * machine by the name of its agent. Each call resolves when the master has taken it in, and rejects
 * with InvalidInputError, and nothing has changed, when it cannot be.
 */
export abstract class Upkeep extends Settings {
  protected abstract get ledger(): Ledger

  /**
   * Empties an agent: it is offered no more, and its tasks are killed. It is `drained` when the
   * end of each is acknowledged; there is no way back before that.
   */
  async drainAgent(agent: string, options: DrainOptions = {}): Promise<void> {
    checkKeys(`the drain of ${agent}`, options, ['maxGraceMs', 'markGone'])
    const { maxGraceMs: maxGracePeriodMs, markGone } = options
    check(problemWithGrace(maxGracePeriodMs))
    if (markGone !== undefined && typeof markGone !== 'boolean') {
      throw new InvalidInputError(`the drain of ${agent}: markGone is true or false`)
    }
    return this.ask({
      type: 'lifecycle.drainAgent',
      agent: nameOf(agent),
      ...(maxGracePeriodMs !== undefined && { maxGracePeriodMs }),
      ...(markGone !== undefined && { markGone }),
    })
  }

  /** Offers nothing more of an agent; its tasks run on. */
  async deactivateAgent(agent: string): Promise<void> {
    return this.ask({ type: 'lifecycle.deactivateAgent', agent: nameOf(agent) })
  }

  /** Offers an agent again that was deactivated, or is drained. */
  async reactivateAgent(agent: string): Promise<void> {
    return this.ask({ type: 'lifecycle.reactivateAgent', agent: nameOf(agent) })
  }

  /**
   * Says that an agent never comes back: its tasks are `TASK_GONE_BY_OPERATOR`, and it is shut down
   * should it still be there.
   */
  async markAgentGone(agent: string): Promise<void> {
    return this.ask({ type: 'lifecycle.markAgentGone', agent: nameOf(agent) })
  }

  /** When which machines are to be worked on, in place of all that was planned before. */
  async updateMaintenanceSchedule(windows: readonly MaintenanceWindow[]): Promise<void> {
    const plans = listOf('windows', windows).map((window, index) => {
      const what = `maintenance window ${index + 1}`
      checkKeys(what, window, windowKeys)
      const plain = { ...window, machines: listOf(`${what}: machines`, window.machines) }
      check(problemWithWindow(what, plain))
      return plain
    })
    return this.ask({ type: 'lifecycle.updateMaintenanceSchedule', windows: plans })
  }

  /** Takes machines of the schedule down: their agents are shut down, their tasks are lost. */
  async startMaintenance(machines: readonly string[]): Promise<void> {
    return this.ask({ type: 'lifecycle.startMaintenance', machines: namesOf(machines) })
  }

  /** The machines that were down are up, and no part of the schedule any more. */
  async stopMaintenance(machines: readonly string[]): Promise<void> {
    return this.ask({ type: 'lifecycle.stopMaintenance', machines: namesOf(machines) })
  }

  /** Which machines are to be worked on, and what frameworks say to that; which are down. */
  maintenanceStatus(): MaintenanceStatus {
    return maintenanceStatusOf(this.ledger)
  }

  /** What is planned. */
  maintenanceSchedule(): MaintenanceWindow[] {
    return structuredClone([...this.ledger.maintenance.windows])
  }
}

function nameOf(agent: string): string {
  if (typeof agent === 'string' && agent !== '') return agent
  throw new InvalidInputError('give the id or the name of an agent')
}

/** Throws InvalidInputError for anything but a list: a text would be a list of letters. */
function listOf<Item>(what: string, items: readonly Item[]): Item[] {
  if (Array.isArray(items)) return [...items]
  throw new InvalidInputError(`${what}: give a list`)
}

function namesOf(machines: readonly string[]): string[] {
  const names = listOf('machines', machines)
  check(names.every(isName) ? undefined : 'there is a machine without a name')
  return names
}

function check(problem: string | undefined): void {
  if (problem !== undefined) throw new InvalidInputError(problem)
}
