export type { CallTask } from './actors/calls.ts'
export type { Inspector } from './actors/inspection.ts'
export type * from './cluster/explain.ts'
export type { AgentSpec, ClusterOptions, FrameworkOptions } from './cluster/options.ts'
export type { AgentProcess, AgentProcessOptions } from './cluster/processes/agent.ts'
export type { Master } from './cluster/processes/master.ts'
export type { MasterOptions } from './cluster/processes/master-options.ts'
export type { ConnectOptions, RemoteCluster } from './cluster/processes/remote.ts'
export type { ServerOptions, ServerProcess } from './cluster/processes/server.ts'
export type { LinkNews } from './cluster/processes/uplink.ts'
export { connectCluster, createAgent, createMaster, createServer } from './cluster/processes.ts'
export type { QuotaOptions, SharingOptions } from './cluster/sharing.ts'
export { policies } from './cluster/sharing.ts'
export type * from './cluster/snapshot.ts'
export type { DrainOptions } from './cluster/upkeep.ts'
export { Cluster, createCluster } from './cluster.ts'
export { Framework, type FrameworkCallbacks } from './frameworks/framework.ts'
export type { Locality } from './frameworks/jobs/job.ts'
export { Jobs } from './frameworks/jobs/jobs.ts'
export { Lease } from './frameworks/jobs/lease.ts'
export type { Prefers } from './frameworks/jobs/preference.ts'
export type {
  CallOptions,
  CommandJob,
  LeaseOptions,
  ModuleOptions,
  TaskPromise,
} from './frameworks/jobs/requests.ts'
export type { TaskHandle, TaskResult } from './frameworks/jobs/task-handle.ts'
export type { WaitingJobs } from './frameworks/jobs/waiting-jobs.ts'
export {
  createVolume,
  destroyVolume,
  growVolume,
  type LaunchOperation,
  launch,
  type OperationOptions,
  type OperationRequest,
  type ReservationRequest,
  reserve,
  reserved,
  shrinkVolume,
  unreserve,
  type VolumeRequest,
  volume,
} from './frameworks/operations.ts'
export type {
  Command,
  CommandRequest,
  ExecutorRequest,
  TaskRequest,
} from './frameworks/task-request.ts'
export type {
  AttributeConstraint,
  Attributes,
  Category,
  Envelope,
  InverseOffer,
  MaintenanceWindow,
  Message,
  Offer,
  OfferConstraints,
  OperationState,
  OperationStatus,
  ResourceOperation,
  Resources,
  TaskState,
  TaskStatus,
  Unavailability,
} from './messages/index.ts'
export { categoryOf } from './messages/index.ts'
export { allocateInOrder, type ClientOrder, listInOrder } from './model/allocation/in-order.ts'
export { Lottery } from './model/allocation/lottery.ts'
export {
  createFairPolicy,
  createOrderedPolicy,
  drfPolicy,
  preemptivePolicy,
  priorityPolicy,
  randomPolicy,
} from './model/allocation/policies.ts'
export type * from './model/allocation/policy.ts'
export { type ShareOptions, shareOrderOf } from './model/allocation/share-order.ts'
export { ClosedError, InvalidInputError, TaskEndedError } from './model/errors.ts'
export type { Amounts, Needs } from './model/resources/amounts.ts'
export { describeResources } from './model/resources/describe.ts'
export type { Quantities, Quantity, Scalars } from './model/resources/quantities.ts'
export { isTerminal } from './model/task-states.ts'
export { defaultTimeouts, type Timeouts } from './model/timeouts.ts'
