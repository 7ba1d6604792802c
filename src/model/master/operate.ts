import type { Operate } from '../../messages/allocation.ts'
import type { ResourceOperation } from '../../messages/index.ts'
import { convertFree } from '../ledger/accounts.ts'
import { conversionsOf, sumOf } from '../resources/conversions.ts'
import { problemWithResources } from '../resources/problems.ts'
import { addTo, contains, type Quantities } from '../resources/quantities.ts'
import { problemWithOperation, problemWithStatedSize } from '../validation/operations.ts'
import { agentNamed } from './named-agents.ts'
import { makeFree } from './offers.ts'
import { numberOperation } from './revert.ts'
import { confirmCall, refuseCall, refuseForNow } from './settings.ts'
import { type From, type MasterStep, wantAllocation } from './step.ts'

/**
 * An operator reserves, or makes volumes of, what nobody uses: free resources, and those that are
 * only offered, of which as many offers are taken back as it needs (Mesos: src/master/http.cpp).
 */
export function operate(step: MasterStep, call: From<Operate>): void {
  const { book, turn } = step
  const agent = agentNamed(book, call.agent)
  if (typeof agent === 'string') return refuseCall(step, call, agent)
  if (agent.state !== 'connected') {
    return refuseCall(step, call, `agent ${agent.id} is ${agent.state}`)
  }
  const { operation } = call
  const available: Quantities = { ...agent.free }
  addTo(available, agent.offered)
  const problem = problemWithOperation(operation, { agent, remaining: available })
  if (problem !== undefined) {
    const refuse = isShort(operation, available) ? refuseForNow : refuseCall
    return refuse(step, call, problem)
  }
  const conversions = conversionsOf(operation)
  if (conversions.length === 0) return confirmCall(step, call)
  makeFree(step, agent, sumOf(conversions, 'from'))
  convertFree(book, agent, conversions)
  const operations = [numberOperation(step, agent, '', operation)]
  turn.send(agent.address, { type: 'allocation.apply', operations })
  wantAllocation(step)
  confirmCall(step, call)
}

/**
 * Whether the operation asks for more or for another volume than there is, of what could be. A
 * volume that is not there to be destroyed will not come by waiting.
 */
function isShort(operation: ResourceOperation, available: Readonly<Quantities>): boolean {
  if (operation.type === 'DESTROY') return false
  const amounts = 'resources' in operation ? operation.resources : operation.volumes
  if (problemWithResources(amounts) !== undefined) return false
  if (problemWithStatedSize(operation, { remaining: available }) !== undefined) return true
  return !contains(available, sumOf(conversionsOf(operation), 'from'))
}
