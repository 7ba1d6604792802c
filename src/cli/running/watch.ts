import type { TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import { Display } from '../view/display.ts'
import { messageLine } from '../view/message-line.ts'
import { resourceBars } from '../view/resource-bars.ts'
import { type Style, styleFor } from '../view/style.ts'
import { TaskBoard, type TaskRow } from '../view/task-board.ts'
import { mostTelling, progressLine, stateText, taskTable } from '../view/task-table.ts'
import { spanText } from '../view/times.ts'
import { fit, oneLine, pad, wrap } from '../view/width.ts'
import { PeakShares } from './peak-shares.ts'
import type { RunCluster } from './run-cluster.ts'
import { type SubmittedTask, watchTask } from './submit.ts'
import { isSchedulerTalk, Talk } from './talk.ts'
import { Waiting } from './waiting.ts'

const newsEveryMs = 1_000
/** On lower terminals the tasks need all the room. */
const roomyRows = 16

export interface WatchOptions {
  readonly cluster: RunCluster
  readonly stream: NodeJS.WriteStream
  /** Without it nothing is shown. */
  readonly show: boolean
  /** Also what schedulers and master say to each other. */
  readonly messages: boolean
  readonly startedAtMs: number
}

/** What a person sees of a run while it runs: a live picture on a terminal, lines elsewhere. */
export class Watch {
  readonly style: Style
  readonly board = new TaskBoard()
  readonly talk: Talk
  readonly peaks: PeakShares
  readonly #options: WatchOptions
  readonly #display: Display | undefined
  readonly #waiting: Waiting
  readonly #news: NodeJS.Timeout | undefined
  #remark: string | undefined

  constructor(options: WatchOptions) {
    const { cluster, stream, show, messages } = options
    this.#options = options
    this.style = styleFor(stream)
    this.talk = new Talk(cluster, (envelope) => {
      if (messages && isSchedulerTalk(envelope)) {
        const look = { style: this.style, columns: this.#display?.columns ?? Infinity }
        this.line(messageLine(envelope, this.#elapsedMs(), look))
      }
    })
    this.peaks = new PeakShares(cluster.snapshot().agents)
    this.#waiting = new Waiting({ explain: () => cluster.explain(), now: () => Date.now() })
    if (!show) return
    this.#display = new Display({ stream, frame: (columns, rows) => this.#frame(columns, rows) })
    if (!this.#display.live) this.#news = setInterval(() => this.#tellNews(), newsEveryMs)
  }

  /** Shows the states of a task; resolves when it has ended. */
  follow(task: SubmittedTask): Promise<void> {
    const { framework, handle, resources } = task
    const row: TaskRow = { framework, id: handle.id, resources }
    this.board.add(row)
    return watchTask(task, (status) => {
      const again = status.state === 'TASK_STAGING' && row.state !== undefined
      this.board.note(framework, handle.id, status)
      if (status.state === 'TASK_STAGING') {
        this.#waiting.noteStart(framework, resources)
        this.peaks.launched(framework, handle.id, resources)
      }
      if (isTerminal(status.state)) this.peaks.ended(framework, handle.id)
      if (this.#isWorthALine(status)) this.#log(this.#stateLine(row, status))
      if (again) this.#log(this.#lineOf(row, this.style.dim('is tried again')))
    })
  }

  /** A sentence that stays in sight. */
  remark(text: string): void {
    this.#remark = text
    if (this.#display?.live === false) this.#display.line(text)
  }

  /** No more pictures: lines alone from here on. */
  stop(): void {
    clearInterval(this.#news)
    this.#display?.stop()
  }

  line(text = ''): void {
    this.#display?.line(text)
  }

  /** Why jobs wait, once for each kind of reason: who reads a file needs it no more often. */
  #tellNews(): void {
    if (this.board.counts().waiting === 0) return
    const time = this.style.dim(pad(spanText(this.#elapsedMs()), 7, 'start'))
    for (const { who, why } of this.#waiting.news()) this.#log(`${time}  ${who}: ${why}`)
  }

  /** Why jobs wait, as it is now. */
  #stuckLines(columns: number): string[] {
    if (this.board.counts().waiting === 0) return []
    return this.#waiting.all().flatMap(({ who, why }) => {
      const [first = '', ...rest] = wrap(`${who}: ${why}`, columns - 2)
      return [first, ...rest.map((line) => `  ${line}`)].map((line) => this.style.dim(line))
    })
  }

  #log(line: string): void {
    this.#display?.line(fit(line, this.#display.columns))
  }

  /** The picture has the states already; what went wrong is worth a line there, too. */
  #isWorthALine({ state }: TaskStatus): boolean {
    const failed = isTerminal(state) && state !== 'TASK_FINISHED'
    if (this.#display?.live === true) return failed
    return failed || state === 'TASK_RUNNING' || state === 'TASK_FINISHED'
  }

  #stateLine(row: TaskRow, { state, healthy }: TaskStatus): string {
    const { message, startedAtMs, endedAtMs } = row
    const took =
      startedAtMs === undefined || endedAtMs === undefined
        ? ''
        : ` after ${spanText(endedAtMs - startedAtMs)}`
    const why = message === undefined ? '' : `: ${oneLine(message)}`
    const health = healthy === undefined || isTerminal(state) ? undefined : healthText(healthy)
    const text = health ?? this.style.state(state, stateText(row))
    return this.#lineOf(row, `${text}${took}${why}`)
  }

  #lineOf({ framework, id }: TaskRow, what: string): string {
    const time = this.style.dim(pad(spanText(this.#elapsedMs()), 7, 'start'))
    return `${time}  ${framework}/${id} ${what}`
  }

  #frame(columns: number, rows: number): string[] {
    const { style, board } = this
    const { agents } = this.#options.cluster.snapshot()
    const head = `${progressLine(board.counts(), style)}  ${spanText(this.#elapsedMs())}`
    const remarks = this.#remark === undefined ? [] : [style.bad(this.#remark)]
    const bars = shorten(resourceBars(agents, columns, style), Math.max(2, Math.floor(rows / 3)))
    const stuck = rows < roomyRows ? [] : shorten(this.#stuckLines(columns), Math.floor(rows / 4))
    // Two empty lines, the titles, the count of hidden tasks, and the progress.
    const room = Math.max(1, rows - bars.length - stuck.length - remarks.length - 5)
    const shown = mostTelling(board.rows(), room)
    const hidden = board.counts().all - shown.length
    return [
      '',
      ...bars,
      '',
      ...taskTable(shown, { columns, style, now: Date.now(), agents }),
      ...(hidden > 0 ? [style.dim(`… and ${hidden} more tasks`)] : []),
      ...stuck,
      fit(head, columns),
      ...remarks.map((text) => fit(text, columns)),
    ]
  }

  #elapsedMs(): number {
    return Date.now() - this.#options.startedAtMs
  }
}

function healthText(healthy: boolean): string {
  return healthy ? 'is healthy' : 'is not healthy'
}

/** As many lines as have room; the last one tells that there are more. */
function shorten(lines: readonly string[], count: number): readonly string[] {
  return lines.length <= count ? lines : [...lines.slice(0, count - 1), '…']
}
