/** Clients of the HTTP API of Mesos v1: for schedulers and executors in processes of their own. */
export { type ConnectSchedulerOptions, connectScheduler } from './cluster/http-client.ts'
export { Framework, type FrameworkCallbacks } from './frameworks/framework.ts'
export { RefusedError } from './http/client/errors.ts'
export type { LineNews } from './http/client/scheduler-line.ts'
export { ClosedError, InvalidInputError } from './model/errors.ts'
