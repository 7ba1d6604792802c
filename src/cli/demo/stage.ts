import type { AgentSnapshot } from '../../cluster/snapshot.ts'
import type { Cluster } from '../../cluster.ts'
import type { TaskRequest } from '../../frameworks/task-request.ts'
import { type Envelope, MASTER, type TaskStatus } from '../../messages/index.ts'
import { isSchedulerTalk, Talk } from '../running/talk.ts'
import { Display } from '../view/display.ts'
import { type LogLook, messageLine, remarkLine } from '../view/message-line.ts'
import { barLegend, resourceBars } from '../view/resource-bars.ts'
import { type Style, styleFor } from '../view/style.ts'
import { TaskBoard } from '../view/task-board.ts'
import { taskTable } from '../view/task-table.ts'
import { spanText } from '../view/times.ts'
import { fit } from '../view/width.ts'
import { demandOf, readProgress } from './work.ts'

/** What the audience sees: the talk as it happens, the resources, and the tasks. */
export class Stage {
  readonly #cluster: Cluster
  readonly #style: Style = styleFor(process.stdout)
  readonly #board = new TaskBoard()
  readonly #talk: Talk
  readonly #display: Display
  readonly #startedAtMs = Date.now()
  #agents: readonly AgentSnapshot[] = []

  /** `all` shows what agents and executors say, too. */
  constructor(cluster: Cluster, all: boolean) {
    this.#cluster = cluster
    this.#talk = new Talk(cluster, (envelope) => {
      if (!all && !isTheStory(envelope)) return
      this.#display.line(messageLine(envelope, this.#elapsedMs(), this.#look))
    })
    this.#display = new Display({
      stream: process.stdout,
      frame: (columns) => this.#frame(columns),
    })
  }

  remark(who: string, what: string): void {
    this.#display.line(remarkLine(who, what, this.#elapsedMs(), this.#look))
  }

  launched(framework: string, task: TaskRequest): void {
    this.#lookAtAgents()
    this.#board.add({ framework, id: task.id, resources: demandOf(task), state: 'TASK_STAGING' })
  }

  updated(framework: string, status: TaskStatus): void {
    this.#board.note(framework, status.taskId, status)
  }

  /** The curtain: no more pictures. */
  stop(): void {
    this.#display.stop()
  }

  summarize(): void {
    readProgress(this.#board)
    const { columns } = this.#display
    const options = { columns, style: this.#style, now: Date.now(), agents: this.#agents }
    const { all, finished } = this.#board.counts()
    this.#display.line()
    for (const line of taskTable(this.#board.rows(), options)) this.#display.line(line)
    this.#display.line()
    this.#display.line(
      `${this.#style.good(`${finished} of ${all} tasks finished`)} in ${spanText(this.#elapsedMs())}`,
    )
    this.#display.line(this.#style.dim(this.#talk.summary()))
  }

  get #look(): LogLook {
    return { style: this.#style, columns: this.#display.columns }
  }

  #frame(columns: number): string[] {
    readProgress(this.#board)
    this.#lookAtAgents()
    const style = this.#style
    return [
      '',
      ...resourceBars(this.#agents, columns, style),
      fit(barLegend(style), columns),
      '',
      ...taskTable(this.#board.rows(), { columns, style, now: Date.now(), agents: this.#agents }),
    ]
  }

  /** Keeps the last sight of the agents: at the end, when they left, their names are still told. */
  #lookAtAgents(): void {
    const { agents } = this.#cluster.snapshot()
    if (agents.length > 0) this.#agents = agents
  }

  #elapsedMs(): number {
    return Date.now() - this.#startedAtMs
  }
}

/** The talk with the schedulers, how the agent joins, and what it is told to launch. */
function isTheStory(envelope: Envelope): boolean {
  const { type } = envelope.message
  if (type === 'lifecycle.registerAgent' || type === 'lifecycle.agentRegistered') return true
  return isSchedulerTalk(envelope) || (type === 'task.launch' && envelope.from === MASTER)
}
