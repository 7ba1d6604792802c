import * as allocation from './allocation.ts'
import type { MessageDefinition } from './define.ts'
import * as lifecycle from './lifecycle.ts'
import * as task from './task.ts'

/** The whole vocabulary in reading order: by category, then by receiver. */
export const catalog: readonly MessageDefinition[] = [
  ...new Set<MessageDefinition>([
    ...lifecycle.toMaster,
    ...lifecycle.toScheduler,
    ...lifecycle.toOperator,
    ...lifecycle.toAgent,
    ...lifecycle.toExecutor,
    ...allocation.toMaster,
    ...allocation.toScheduler,
    ...allocation.toOperator,
    ...allocation.toAgent,
    ...task.toMaster,
    ...task.toScheduler,
    ...task.toAgent,
    ...task.toExecutor,
  ]),
]
