/** The words of which a message may say one: Mesos v1 names. */

export const taskStates = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
] as const
export type TaskState = (typeof taskStates)[number]

/** Why a task is in its state (Mesos' REASON_ names, without the prefix). */
export const reasons = [
  'INVALID_OFFERS',
  'TASK_INVALID',
  'TASK_UNAUTHORIZED',
  'TASK_GROUP_INVALID',
  'TASK_GROUP_UNAUTHORIZED',
  'RESOURCES_UNKNOWN',
  'AGENT_REMOVED',
  'AGENT_DISCONNECTED',
  'AGENT_REREGISTERED',
  'AGENT_REMOVED_BY_OPERATOR',
  'AGENT_DRAINING',
  'AGENT_RESTARTED',
  'RECONCILIATION',
  'EXECUTOR_TERMINATED',
  'EXECUTOR_REGISTRATION_TIMEOUT',
  'EXECUTOR_REREGISTRATION_TIMEOUT',
  'CONTAINER_LAUNCH_FAILED',
  'MAX_COMPLETION_TIME_REACHED',
  'TASK_KILLED_DURING_LAUNCH',
  'CONTAINER_PREEMPTED',
  'MASTER_DISCONNECTED',
  'FRAMEWORK_REMOVED',
  'TASK_HEALTH_CHECK_STATUS_UPDATED',
  'TASK_CHECK_STATUS_UPDATED',
] as const
export type Reason = (typeof reasons)[number]

export const sources = ['MASTER', 'AGENT', 'EXECUTOR'] as const
export type Source = (typeof sources)[number]

/** What became of an operation on resources. */
export const operationStates = [
  'OPERATION_FINISHED',
  'OPERATION_FAILED',
  'OPERATION_ERROR',
  'OPERATION_DROPPED',
  'OPERATION_UNREACHABLE',
  'OPERATION_GONE_BY_OPERATOR',
  'OPERATION_PENDING',
  'OPERATION_RECOVERING',
  'OPERATION_UNKNOWN',
] as const
export type OperationState = (typeof operationStates)[number]

/** What a framework can deal with. */
export const capabilities = [
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
  'GPU_RESOURCES',
  'REVOCABLE_RESOURCES',
  'SHARED_RESOURCES',
  'MULTI_ROLE',
  'RESERVATION_REFINEMENT',
  'REGION_AWARE',
] as const

/** What offer constraints can be about besides attributes. */
export const pseudoattributeTypes = ['HOSTNAME', 'REGION', 'ZONE'] as const
