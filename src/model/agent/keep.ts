import type {
  StoredAgent,
  StoredExecutor,
  StoredFramework,
  StoredTask,
} from '../../messages/records.ts'
import { toResources } from '../resources/quantities.ts'
import type { AgentBook, FrameworkOnAgent } from './book.ts'
import type { AgentStep } from './step.ts'

type Keeper = Pick<AgentStep, 'book' | 'turn'>

/** The agent itself is to be kept as it is now: its id, its cluster, its resources. */
export function keepAgent({ book, turn }: Keeper): void {
  if (book.durable) turn.persist('agent')
}

/** A framework that need not outlive the agent costs nothing on disk, as in Mesos. */
export function keepFramework({ book, turn }: Keeper, framework: FrameworkOnAgent): void {
  if (book.durable && framework.isKept) turn.persist(`framework/${framework.id}`)
}

export function keepExecutor(
  { book, turn }: Keeper,
  framework: FrameworkOnAgent,
  id: string,
): void {
  if (book.durable && framework.isKept) turn.persist(`executor/${framework.id}/${id}`)
}

export function keepTask({ book, turn }: Keeper, framework: FrameworkOnAgent, id: string): void {
  if (book.durable && framework.isKept) turn.persist(`task/${framework.id}/${id}`)
}

/** What is to be kept under a key now; nothing, when it is there no more. */
export function agentRecord(book: AgentBook, key: string): object | undefined {
  const [kind, frameworkId = '', id = ''] = key.split('/')
  if (kind === 'agent') return storedAgent(book)
  const framework = book.frameworks.get(frameworkId)
  if (framework === undefined) return undefined
  if (kind === 'framework') {
    return { frameworkId, info: framework.info } satisfies StoredFramework
  }
  return kind === 'executor' ? storedExecutor(framework, id) : storedTask(framework, id)
}

function storedAgent(book: AgentBook): StoredAgent {
  const { id, hasLeft, clusterId, bootId, info, resources, drain } = book
  return {
    ...(id !== undefined && { agentId: id }),
    ...(hasLeft && { hasLeft }),
    ...(clusterId !== undefined && { clusterId }),
    ...(bootId !== undefined && { bootId }),
    info,
    resources: toResources(resources),
    ...(drain !== undefined && { drain }),
  }
}

function storedExecutor(framework: FrameworkOnAgent, id: string): StoredExecutor | undefined {
  const executor = framework.executors.get(id)
  if (executor === undefined || executor.state === 'terminated') return undefined
  const { address, kind, graceMs, info, containerId } = executor
  return {
    frameworkId: framework.id,
    executorId: id,
    address,
    kind,
    graceMs,
    ...(info !== undefined && { info }),
    ...(containerId !== undefined && { containerId }),
  }
}

function storedTask(framework: FrameworkOnAgent, id: string): StoredTask | undefined {
  const task = framework.tasks.get(id)
  if (task === undefined) return undefined
  const { info, executorId, isStray, group, containerId, state, updates } = task
  return {
    frameworkId: framework.id,
    executorId,
    info,
    ...(isStray && { isStray }),
    ...(group !== undefined && { group }),
    ...(containerId !== undefined && { containerId }),
    state,
    queue: [...updates.queue],
    ...(updates.acknowledged !== undefined && { acknowledged: [...updates.acknowledged] }),
  }
}
