import type { RunReport } from '../actors/ports.ts'
import type { CommandInfo } from '../messages/index.ts'
import type { ProcessExit } from './processes.ts'
import { sentenceOfExit } from './sentences.ts'

/** What is told of a command that ran and has ended. */
export function exitReport(
  taskId: string,
  command: CommandInfo,
  sandbox: string,
  { exitCode, signal, problem, stopped }: ProcessExit,
): RunReport {
  const succeeded = exitCode === 0
  const message = problem ?? sentenceOfExit(command, exitCode, signal)
  return {
    type: 'run.exited',
    taskId,
    succeeded,
    launched: true,
    sandbox,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(succeeded ? {} : { message }),
  }
}
