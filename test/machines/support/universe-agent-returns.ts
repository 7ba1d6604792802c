import type { AgentMemory, StoredExecutor } from '../../../src/messages/records.ts'
import {
  aboutExecutors,
  agentId,
  agentInput,
  apply,
  call,
  command,
  ends,
  framework,
  frameworkId,
  reregistered,
  told,
  volumes,
  when,
  world,
} from './universe-agent.ts'

/** What an earlier life left: a command that may go on, and a call that cannot. */
export const memory: AgentMemory = {
  agent: { agentId, bootId: 'boot 1', info: agentInput.info, resources: agentInput.info.resources },
  frameworks: [{ frameworkId, info: framework }],
  executors: [
    stored('T1', 'COMMAND', 'executor/a/m-0000/T1'),
    stored('functions', 'FUNCTION', 'executor/a/m-0000/functions'),
  ],
  tasks: [
    { frameworkId, executorId: 'T1', info: command, state: 'TASK_RUNNING', queue: [] },
    { frameworkId, executorId: 'functions', info: call('T2'), state: 'TASK_RUNNING', queue: [] },
  ],
}

function stored(executorId: string, kind: StoredExecutor['kind'], address: string): StoredExecutor {
  return { frameworkId, executorId, address, kind, graceMs: 3_000 }
}

/** A second life, from its first moment on. */
export const returns = world(
  (book) => [
    ...when(
      book.past !== 'none',
      { type: 'recovery.due' },
      { type: 'link.opened' },
      { type: 'link.closed' },
      told.launch,
      apply({ type: 'DESTROY', volumes }),
    ),
    { type: 'registration.due' },
    reregistered(),
    told.ping,
    ...aboutExecutors(book),
    ...ends,
  ],
  { ...agentInput, memory, bootId: 'boot 1' },
)
