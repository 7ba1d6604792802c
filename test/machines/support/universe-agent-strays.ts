import {
  acknowledgements,
  ends,
  frameworkId,
  master,
  report,
  reregistered,
  told,
  when,
  world,
} from './universe-agent.ts'
import { unheard } from './world.ts'

/** What strangers say, and what the master believes wrongly. */
export const strays = world((book) => [
  { type: 'master.silent' },
  told.registered,
  ...when(book.sequence < 2, reregistered('T9')),
  ...acknowledgements(book),
  { type: 'update.retryDue', frameworkId, taskId: 'T9' },
  { type: 'update.retryDue', frameworkId: 'x', taskId: 'T9' },
  { type: 'executor.registrationExpired', address: 'executor/a/x' },
  { type: 'executor.graceExpired', address: 'executor/a/x' },
  {
    type: 'lifecycle.registerExecutor',
    from: 'executor/a/x',
    frameworkId,
    executorId: 'x',
    unacknowledgedUpdates: [],
  },
  { type: 'lifecycle.exited', from: 'host', address: 'executor/a/x', reason: 'gone' },
  { type: 'lifecycle.shutdownFramework', ...master, frameworkId: 'x' },
  { type: 'task.kill', ...master, frameworkId: 'x', kills: [{ taskId: 'T9' }] },
  { type: 'task.acknowledge', ...master, frameworkId: 'x', acknowledgements: [] },
  report('executor/a/x', 'T9', 'TASK_RUNNING', {}),
  report('executor/a/x', 'T9', 'TASK_RUNNING', { uuid: 'U' }),
  unheard,
  ...ends,
])
