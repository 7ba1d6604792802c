/** For programs that are nothing but executors: the client of the executor API, and no package. */
export type { Introduction } from './http/client/agent-line.ts'
export { RefusedError } from './http/client/errors.ts'
export {
  connectExecutor,
  type Executor,
  type ExecutorHandlers,
  type ExecutorOptions,
  type UpdateDetails,
} from './http/client/executor.ts'
export type { TaskInfo, TaskState } from './messages/index.ts'
export { ClosedError, InvalidInputError } from './model/errors.ts'
