import type { TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import type { Launch } from '../../messages/task.ts'
import { bookTask } from '../ledger/accounts.ts'
import type { FrameworkRecord, OfferRecord, TaskRecord } from '../ledger/records.ts'
import { addTo, isEmpty, type Quantities, subtract, toQuantities } from '../resources/quantities.ts'
import { stateFor } from '../task-states.ts'
import { type AcceptedOffers, checkOffers } from '../validation/offers.ts'
import { problemWithTask } from '../validation/tasks.ts'
import { discardOffers, endOffer, isFiltered, refuse } from './offers.ts'
import { masterStatus } from './statuses.ts'
import { callingFramework, type From, type MasterStep, tell, wantAllocation } from './step.ts'

/**
 * A scheduler takes offers and starts tasks on them. Each task stands or falls alone; what is not
 * used goes back to the pool, filtered (Mesos: src/master/master.cpp, accept).
 */
export function launchTasks(step: MasterStep, call: From<Launch>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const accepted = checkOffers(step.book, framework, call.offerIds)
  if ('problem' in accepted) return dropAll(step, framework, call, accepted.problem)
  const launched = accept(step, framework, accepted, call)
  if (launched.length > 0) {
    framework.requests = []
    step.turn.send(accepted.agent.address, {
      type: 'task.launch',
      frameworkId: framework.id,
      framework: framework.info,
      tasks: launched,
    })
  }
  if (launched.length > 0 || isFiltered(call)) wantAllocation(step)
}

/** Launches what is valid and returns it; answers for the rest. */
function accept(
  step: MasterStep,
  framework: FrameworkRecord,
  accepted: AcceptedOffers,
  call: Launch,
): TaskInfo[] {
  const { agent, offers, role } = accepted
  const offered: Quantities = {}
  for (const offer of offers) {
    addTo(offered, offer.resources)
    endOffer(step, offer, 'offer.accepted')
  }
  let remaining: Quantities = offered
  const launched: TaskInfo[] = []
  const refused: TaskStatus[] = []
  for (const task of call.tasks) {
    const problem = problemWithTask(task, { framework, agent, remaining })
    if (problem !== undefined) {
      const subject = { id: task.taskId, agentId: agent.id }
      refused.push(masterStatus(step.turn.at, subject, 'TASK_ERROR', 'TASK_INVALID', problem))
      continue
    }
    const record = recordOf(framework, role, task)
    bookTask(step.book, record)
    remaining = subtract(remaining, record.resources)
    launched.push(task)
  }
  tell(step, framework, refused)
  refuseRest(step, offers, remaining, call)
  return launched
}

function refuseRest(
  step: MasterStep,
  offers: readonly OfferRecord[],
  rest: Readonly<Quantities>,
  call: Launch,
): void {
  const [first] = offers
  if (first !== undefined && !isEmpty(rest)) {
    refuse(step, first, rest, call.filters?.refuseSeconds)
  }
}

function recordOf(framework: FrameworkRecord, role: string, task: TaskInfo): TaskRecord {
  return {
    id: task.taskId,
    name: task.name,
    frameworkId: framework.id,
    agentId: task.agentId,
    executorId: task.executor?.executorId ?? task.taskId,
    role,
    resources: toQuantities(task.resources),
    state: 'TASK_STAGING',
    holds: false,
  }
}

/**
 * The offer list is bad: nothing runs, and what is still this framework's offer is void, to be
 * offered anew at the next look at the whole pool.
 */
function dropAll(
  step: MasterStep,
  framework: FrameworkRecord,
  call: Launch,
  problem: string,
): void {
  const own = new Set(
    call.offerIds.filter((id) => step.book.offers.get(id)?.frameworkId === framework.id),
  )
  discardOffers(step, own)
  const state: TaskState = stateFor(framework.info, 'TASK_DROPPED')
  const dropped = call.tasks.map((task) =>
    masterStatus(
      step.turn.at,
      { id: task.taskId, agentId: task.agentId },
      state,
      'INVALID_OFFERS',
      problem,
    ),
  )
  tell(step, framework, dropped)
}
