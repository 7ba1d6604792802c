import type { Accept } from '../../messages/allocation.ts'
import type {
  ExecutorInfo,
  Filters,
  NumberedOperation,
  Operation,
  TaskInfo,
} from '../../messages/index.ts'
import type { Launch } from '../../messages/task.ts'
import type { AgentRecord, FrameworkRecord, OfferRecord } from '../ledger/records.ts'
import { addTo, isEmpty, type Quantities, subtract } from '../resources/quantities.ts'
import { type AcceptedOffers, checkOffers } from '../validation/offers.ts'
import { dropTasks, launchGroup, launchTasks } from './launch.ts'
import { discardOffers, endOffer, isFiltered, refuse } from './offers.ts'
import { applyOperation, failOperations } from './operations.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

/** What is left of accepted offers, while one operation after the other is done with them. */
export interface Acceptable {
  readonly framework: FrameworkRecord
  readonly agent: AgentRecord
  /** The role that the offers were made to. */
  readonly role: string
  remaining: Quantities
}

/**
 * A scheduler takes offers and does one operation after the other with them. Each stands or falls
 * alone; what is not used goes back to the pool (Mesos: src/master/master.cpp, accept).
 */
export function acceptOffers(step: MasterStep, call: From<Accept>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const accepted = checkOffers(step.book, framework, call.offerIds)
  if ('problem' in accepted) return dropAll(step, framework, call, accepted.problem)
  const offered = endOffers(step, accepted.offers)
  const rest: Acceptable = { ...accepted, framework, remaining: { ...offered } }
  const isUsed = operate(step, rest, call.operations)
  refuseRest(step, accepted, offered, rest.remaining, call.filters)
  if (isUsed || isFiltered(call)) wantAllocation(step)
}

/** The short form for one launch. */
export function acceptLaunch(step: MasterStep, { tasks, ...call }: From<Launch>): void {
  const operations: Operation[] = [{ type: 'LAUNCH', tasks }]
  acceptOffers(step, { ...call, type: 'allocation.accept', operations })
}

function endOffers(step: MasterStep, offers: readonly OfferRecord[]): Quantities {
  const offered: Quantities = {}
  for (const offer of offers) {
    addTo(offered, offer.resources)
    endOffer(step, offer, 'offer.accepted')
  }
  return offered
}

/** Says whether any operation had an effect. The agent hears of resources before their tasks. */
function operate(step: MasterStep, rest: Acceptable, operations: readonly Operation[]): boolean {
  const applied: NumberedOperation[] = []
  const launched: TaskInfo[] = []
  const groups: { readonly executor: ExecutorInfo; readonly tasks: TaskInfo[] }[] = []
  for (const operation of operations) {
    if (operation.type === 'LAUNCH') {
      launched.push(...launchTasks(step, rest, operation.tasks))
      continue
    }
    if (operation.type === 'LAUNCH_GROUP') {
      const { executor } = operation
      const tasks = launchGroup(step, rest, executor, operation.tasks)
      if (tasks.length > 0) groups.push({ executor, tasks })
      continue
    }
    const numbered = applyOperation(step, rest, operation)
    if (numbered !== undefined) applied.push(numbered)
  }
  const { agent, framework } = rest
  if (applied.length > 0) {
    step.turn.send(agent.address, { type: 'allocation.apply', operations: applied })
  }
  const { id: frameworkId, info } = framework
  if (launched.length > 0) {
    const message = { type: 'task.launch', frameworkId, framework: info, tasks: launched } as const
    step.turn.send(agent.address, message)
  }
  for (const { executor, tasks } of groups) {
    const message = { type: 'task.launchGroup', frameworkId, framework: info } as const
    step.turn.send(agent.address, { ...message, executor, tasks })
  }
  if (launched.length + groups.length > 0) framework.requests = []
  return applied.length + launched.length + groups.length > 0
}

/** What the operations made and nobody used was never refused: it comes back without a filter. */
function refuseRest(
  step: MasterStep,
  { offers: [first] }: AcceptedOffers,
  offered: Readonly<Quantities>,
  remaining: Readonly<Quantities>,
  filters: Filters | undefined,
): void {
  const made = subtract(remaining, offered)
  const declined = subtract(remaining, made)
  if (first !== undefined && !isEmpty(declined)) {
    refuse(step, first, declined, filters?.refuseSeconds)
  }
}

/**
 * The offer list is bad: nothing is done, and what is still this framework's offer is void, to be
 * offered anew at the next look at the whole pool.
 */
function dropAll(
  step: MasterStep,
  framework: FrameworkRecord,
  { offerIds, operations }: Accept,
  problem: string,
): void {
  const own = new Set(
    offerIds.filter((id) => step.book.offers.get(id)?.frameworkId === framework.id),
  )
  discardOffers(step, own)
  for (const operation of operations) {
    if ('tasks' in operation) dropTasks(step, framework, operation.tasks, problem)
    else failOperations(step, framework, [operation], problem)
  }
}
