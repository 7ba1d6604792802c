import { MASTER } from '../../messages/index.ts'
import { problemWithGuarantees, problemWithQuotas } from '../../model/validation/quotas.ts'
import { empty, Refusal } from '../server/answers.ts'
import type { Answer } from '../server/route.ts'
import {
  idAt,
  integerAt,
  isAbsent,
  type Json,
  objectAt,
  optionalBoolean,
  textAt,
} from '../wire/json.ts'
import { readMachines, readSchedule } from './maintenance-json.ts'
import { type Caller, expectMay, mutate } from './mutate.ts'
import { operationCalls } from './operation-calls.ts'
import { readQuotaRequest, readQuotas, readWeights } from './quota-json.ts'

/** Does what an operator says; `part` is the call's own part, at `path`. */
export type Mutation = (caller: Caller, part: Json, path: string) => Promise<Answer>

/** What operators may change, by Mesos' type of the call. */
const calls: Readonly<Record<string, Mutation>> = {
  TEARDOWN: async (caller, part, path) =>
    tearDown(caller, idAt(part.framework_id, `${path}.framework_id`)),
  KILL_TASK: async (caller, part, path) =>
    killTask(
      caller,
      idAt(part.framework_id, `${path}.framework_id`),
      idAt(part.task_id, `${path}.task_id`),
    ),
  UPDATE_WEIGHTS: async (caller, part, path) =>
    updateWeights(caller, readWeights(part.weight_infos, `${path}.weight_infos`)),
  UPDATE_QUOTA: async (caller, part, path) => {
    const quotas = readQuotas(part.quota_configs, `${path}.quota_configs`)
    const force = optionalBoolean(part.force, `${path}.force`) ?? false
    expectMay(caller, 'update_quotas', ...quotas)
    return mutate(caller, { type: 'allocation.updateQuotas', quotas, force, keepEmpty: true })
  },
  SET_QUOTA: async (caller, part, path) =>
    setQuota(caller, part.quota_request, `${path}.quota_request`),
  REMOVE_QUOTA: async (caller, part, path) =>
    removeQuota(caller, textAt(part.role, `${path}.role`)),
  UPDATE_MAINTENANCE_SCHEDULE: async (caller, part, path) =>
    updateSchedule(caller, part.schedule, `${path}.schedule`),
  START_MAINTENANCE: async (caller, part, path) =>
    startMaintenance(caller, part.machines, `${path}.machines`),
  STOP_MAINTENANCE: async (caller, part, path) =>
    stopMaintenance(caller, part.machines, `${path}.machines`),
  DRAIN_AGENT: async (caller, part, path) => {
    const agent = agentAt(caller, part, path, 'drain_agents')
    const maxGracePeriodMs = graceAt(part.max_grace_period, `${path}.max_grace_period`)
    return mutate(caller, {
      type: 'lifecycle.drainAgent',
      agent,
      ...(maxGracePeriodMs !== undefined && { maxGracePeriodMs }),
      markGone: optionalBoolean(part.mark_gone, `${path}.mark_gone`) ?? false,
    })
  },
  DEACTIVATE_AGENT: async (caller, part, path) => {
    const agent = agentAt(caller, part, path, 'deactivate_agents')
    return mutate(caller, { type: 'lifecycle.deactivateAgent', agent })
  },
  REACTIVATE_AGENT: async (caller, part, path) => {
    const agent = agentAt(caller, part, path, 'reactivate_agents')
    return mutate(caller, { type: 'lifecycle.reactivateAgent', agent })
  },
  MARK_AGENT_GONE: async (caller, part, path) => {
    const { agents, goneAgents } = caller.ports.ledger()
    const agent = idAt(part.agent_id, `${path}.agent_id`)
    expectMay(caller, 'mark_agents_gone', { hostname: agents.get(agent)?.info.hostname })
    if (!agents.has(agent) && !goneAgents.has(agent)) {
      throw new Refusal(404, `There is no agent ${agent}.`)
    }
    return mutate(caller, { type: 'lifecycle.markAgentGone', agent })
  },
  ...operationCalls,
}

/** The mutation of this type, which reads its part of the call; nothing when there is none. */
export function mutationOf(
  type: string,
): ((caller: Caller, call: Json) => Promise<Answer>) | undefined {
  if (!Object.hasOwn(calls, type)) return undefined
  const path = type.toLowerCase()
  return async (caller, call) => {
    const mutation = calls[type]
    if (mutation === undefined) throw new Refusal(400, `there is no call ${type}`)
    return mutation(caller, objectAt(call[path], path), path)
  }
}

/** Ends a framework. */
export async function tearDown(caller: Caller, frameworkId: string): Promise<Answer> {
  const framework = caller.ports.ledger().frameworks.get(frameworkId)
  if (framework === undefined) throw new Refusal(400, `There is no framework ${frameworkId}.`)
  expectMay(caller, 'teardown_frameworks', { framework: framework.info })
  return mutate(caller, { type: 'lifecycle.teardown', frameworkId })
}

/**
 * Asks a task to end, in the name of its framework, which hears of it as ever. Mesos has no such
 * call: there people have to ask the framework.
 */
async function killTask(caller: Caller, frameworkId: string, taskId: string): Promise<Answer> {
  const { ledger, transport } = caller.ports
  const framework = ledger().frameworks.get(frameworkId)
  if (framework === undefined) throw new Refusal(400, `There is no framework ${frameworkId}.`)
  expectMay(caller, 'teardown_frameworks', { framework: framework.info })
  if (!framework.tasks.has(taskId)) throw new Refusal(400, `There is no task ${taskId}.`)
  if (framework.state !== 'connected') {
    throw new Refusal(409, `The framework of ${taskId} is not connected.`)
  }
  transport.send({
    from: framework.address,
    to: MASTER,
    message: { type: 'task.kill', kills: [{ taskId }] },
  })
  return empty(202)
}

export async function updateWeights(
  caller: Caller,
  weights: Readonly<Record<string, number>>,
): Promise<Answer> {
  expectMay(caller, 'update_weights', ...Object.keys(weights).map((role) => ({ role })))
  return mutate(caller, { type: 'allocation.updateWeights', weights: { ...weights } })
}

/**
 * Gives a role its first quota, in the older form. There more than the cluster has is a conflict
 * (409), and nobody asks what the role has already.
 */
export async function setQuota(caller: Caller, value: unknown, path: string): Promise<Answer> {
  const { quota, force } = readQuotaRequest(value, path)
  expectMay(caller, 'update_quotas', quota)
  const ledger = caller.ports.ledger()
  if (ledger.roles.get(quota.role)?.quota !== undefined) {
    throw new Refusal(400, `The role ${quota.role} has a quota; remove it first.`)
  }
  const mistake = problemWithQuotas([quota])
  if (mistake !== undefined) throw new Refusal(400, mistake)
  const conflict = force ? undefined : problemWithGuarantees(ledger, [quota])
  if (conflict !== undefined) throw new Refusal(409, conflict)
  return mutate(caller, { type: 'allocation.updateQuotas', quotas: [quota], force: true })
}

export async function removeQuota(caller: Caller, role: string): Promise<Answer> {
  expectMay(caller, 'update_quotas', { role })
  if (caller.ports.ledger().roles.get(role)?.quota === undefined) {
    throw new Refusal(400, `The role ${role} has no quota.`)
  }
  // Taking a quota away is no promise: it is right however much the others are promised.
  return mutate(caller, { type: 'allocation.updateQuotas', quotas: [{ role }], force: true })
}

export async function updateSchedule(
  caller: Caller,
  value: unknown,
  path: string,
): Promise<Answer> {
  const windows = readSchedule(value, path, caller.ports.ledger())
  const machines = windows.flatMap(({ machines }) => machines)
  expectMay(caller, 'update_maintenance_schedules', ...machines.map((hostname) => ({ hostname })))
  return mutate(caller, { type: 'lifecycle.updateMaintenanceSchedule', windows })
}

export async function startMaintenance(
  caller: Caller,
  value: unknown,
  path: string,
): Promise<Answer> {
  const machines = readMachines(value, path, caller.ports.ledger())
  expectMay(caller, 'start_maintenances', ...machines.map((hostname) => ({ hostname })))
  return mutate(caller, { type: 'lifecycle.startMaintenance', machines })
}

export async function stopMaintenance(
  caller: Caller,
  value: unknown,
  path: string,
): Promise<Answer> {
  const machines = readMachines(value, path, caller.ports.ledger())
  expectMay(caller, 'stop_maintenances', ...machines.map((hostname) => ({ hostname })))
  return mutate(caller, { type: 'lifecycle.stopMaintenance', machines })
}

/** The id of a known agent: the master itself would take a host name, too. */
function agentAt(
  caller: Caller,
  part: Json,
  path: string,
  action: 'drain_agents' | 'deactivate_agents' | 'reactivate_agents',
): string {
  const id = idAt(part.agent_id, `${path}.agent_id`)
  const agent = caller.ports.ledger().agents.get(id)
  expectMay(caller, action, { hostname: agent?.info.hostname })
  if (agent === undefined) throw new Refusal(400, `There is no agent ${id}.`)
  return id
}

/** Google's Duration, `{seconds, nanos}`, in milliseconds. */
function graceAt(value: unknown, path: string): number | undefined {
  if (isAbsent(value)) return undefined
  const { seconds, nanos } = objectAt(value, path)
  const whole = isAbsent(seconds) ? 0 : integerAt(seconds, `${path}.seconds`)
  const rest = isAbsent(nanos) ? 0 : integerAt(nanos, `${path}.nanos`)
  return whole * 1_000 + rest / 1_000_000
}
