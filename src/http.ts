/** Clients of the HTTP API of Mesos v1: for schedulers and executors in processes of their own. */
export { type ConnectSchedulerOptions, connectScheduler } from './cluster/http-client.ts'
export * from './executor.ts'
export { Framework, type FrameworkCallbacks } from './frameworks/framework.ts'
export type { LineNews } from './http/client/scheduler-line.ts'
