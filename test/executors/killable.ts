import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { RunReport } from '../../src/actors/ports.ts'
import { createCommandRunner } from '../../src/executors/command-runner.ts'
import { KeptProcesses } from '../../src/executors/kept-processes.ts'
import type { TaskInfo } from '../../src/messages/index.ts'
import { Reports, temporaryFolder } from './harness.ts'

const script = fileURLToPath(new URL('./killable-host.js', import.meta.url))
const built = fileURLToPath(new URL('../../dist/executors/kept-processes.js', import.meta.url))
const owner = { frameworkId: 'F', executorId: 'E' }

/** Another process that runs commands as an agent does, and that can be killed. */
export class Killable {
  readonly reports = new Reports()
  readonly #child: ChildProcess
  readonly #ready: Promise<void>
  readonly #gone: Promise<unknown>

  constructor(root: string, kind: 'kept' | 'forked' = 'kept') {
    if (!existsSync(built)) throw new Error('the package is not built: run `npm run build`')
    this.#child = fork(script, [root, kind], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#gone = once(this.#child, 'exit')
    onTestFinished(() => this.kill())
    let resolveReady = () => {}
    this.#ready = new Promise((resolve) => {
      resolveReady = resolve
    })
    this.#child.on('message', (message: RunReport | { readonly type: 'ready' }) => {
      if (message.type === 'ready') resolveReady()
      else this.reports.add(message)
    })
  }

  async start(...tasks: readonly TaskInfo[]): Promise<void> {
    await this.#ready
    this.#child.send({ start: tasks })
  }

  async resume(...tasks: readonly TaskInfo[]): Promise<void> {
    await this.#ready
    this.#child.send({ resume: tasks })
  }

  stop(taskId: string): void {
    this.#child.send({ stop: taskId })
  }

  /** SIGKILL; resolves when nothing of the process is left. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone
  }
}

/** A folder whose processes are ended when the test is over, whoever began them. */
export function keptFolder(): string {
  const root = temporaryFolder()
  onTestFinished(() => new KeptProcesses(recordsIn(root)).endStrays())
  return root
}

export function recordsIn(root: string): string {
  return join(root, 'runs', 'agent-1')
}

/** What the next process of an agent makes of the folder: this process. */
export function nextAgent(root: string) {
  const reports = new Reports()
  const processes = new KeptProcesses(recordsIn(root))
  const runner = createCommandRunner({ sandboxRoot: root, processes })(
    reports.add,
    undefined,
    owner,
  )
  onTestFinished(() => runner.close())
  return { runner, reports, processes }
}
