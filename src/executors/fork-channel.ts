import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { forkNews, readyLine } from './fork-messages.ts'
import type { ForkedRun } from './forked-run.ts'

const entry = fileURLToPath(new URL('./fork-server.pl', import.meta.url))

/** One process of a fork server, with the runs whose end it is to tell. */
export class ForkChannel {
  isReady = false
  /** Resolves when it is ready or has ended. */
  readonly settled: Promise<void>
  readonly #ended: Promise<void>
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #runs = new Map<number, ForkedRun>()
  #isReleased = false
  #heard = ''

  /** `onEnd` is told that it ended, asked or not. */
  constructor(onEnd: () => void) {
    this.#child = spawn('perl', [entry], {
      cwd: '/',
      env: withoutPerl(process.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    const { stdin, stdout } = this.#child
    this.#ended = new Promise((resolve) => {
      // Not before all that it said is heard.
      this.#child.once('error', () => resolve()).once('close', () => resolve())
    })
    this.settled = new Promise((resolve) => {
      stdout.setEncoding('latin1').on('data', (text: string) => {
        this.#hear(text)
        resolve()
      })
      void this.#ended.then(() => {
        resolve()
        onEnd()
        this.#lose()
      })
    })
    // An order to one that has just ended fails; what matters is that it ended.
    stdin.on('error', () => {})
  }

  order(id: number, run: ForkedRun, message: Buffer): void {
    if (this.#runs.size === 0) this.#wait(true)
    this.#runs.set(id, run)
    this.#child.stdin.write(message)
  }

  /** Lets it end as soon as its last command has; resolves when it has ended. */
  release(): Promise<void> {
    this.#isReleased = true
    this.#wait(true)
    if (this.#runs.size === 0) this.#child.stdin.end()
    return this.#ended
  }

  #hear(text: string): void {
    const lines = (this.#heard + text).split('\n')
    this.#heard = lines.pop() ?? ''
    for (const line of lines) {
      if (line === readyLine) this.isReady = true
      else this.#take(line)
    }
    if (this.#runs.size > 0) return
    if (this.#isReleased) this.#child.stdin.end()
    else this.#wait(false)
  }

  #take(line: string): void {
    const news = forkNews(line)
    const run = this.#runs.get(news.id)
    if (news.type !== 'began') this.#runs.delete(news.id)
    run?.take(news)
  }

  #lose(): void {
    this.isReady = false
    const runs = [...this.#runs.values()]
    this.#runs.clear()
    for (const run of runs) run.lose()
  }

  /** Whether this process waits for it, or may end while nothing else is to be done. */
  #wait(waits: boolean): void {
    const how = waits ? 'ref' : 'unref'
    this.#child[how]()
    for (const stream of [this.#child.stdin, this.#child.stdout]) {
      if (stream instanceof Socket) stream[how]()
    }
  }
}

/** Settings for the Perl programs of this machine are not for this one. */
function withoutPerl(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('PERL')),
  )
}
