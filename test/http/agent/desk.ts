import { join } from 'node:path'
import { createRandomIds } from '../../../src/actors/ids.ts'
import { createRoles } from '../../../src/actors/roles.ts'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { LocalAgent } from '../../../src/executors/local-agent.ts'
import { OwnProcesses } from '../../../src/executors/own-processes.ts'
import type { Processes } from '../../../src/executors/processes.ts'
import { Programs } from '../../../src/executors/programs.ts'
import { AgentOperatorDoor } from '../../../src/http/agent/operator-door.ts'
import { ExecutorDoor } from '../../../src/http/executor/door.ts'
import { executorRoute } from '../../../src/http/executor/route.ts'
import { Refusal } from '../../../src/http/server/answers.ts'
import type { Answer, AnswerStream, Route, Streaming } from '../../../src/http/server/route.ts'
import { WireError } from '../../../src/http/wire/json.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'
import { MemoryTransport } from '../../../src/transports/memory.ts'
import { temporaryFolder } from '../../executors/harness.ts'
import { FakeMaster, program, taskOf } from '../executor/support.ts'

/** A process that is only said to be there. */
const imaginary = (sandbox: string) => {
  const gone = Promise.resolve()
  return { sandbox, mark: '', gone, stop: () => {}, close: () => gone }
}

/** An agent in virtual time with its doors, called without any network. */
export class AgentDesk {
  readonly clock = new VirtualClock()
  readonly workDir = temporaryFolder()
  readonly agent: LocalAgent
  readonly master: FakeMaster
  readonly events: string[] = []
  readonly marks: string[] = []
  readonly #routes: ReadonlyMap<string, Route>

  constructor() {
    const { clock, workDir } = this
    const transport = new MemoryTransport({ clock })
    this.master = new FakeMaster(transport)
    const endpoint = { ip: '127.0.0.1', port: 1 }
    const door = new ExecutorDoor({ agent: 'agent/a:1', transport, clock, endpoint })
    const facts = { version: '1', startedAtMs: 0, flags: { work_dir: workDir } }
    const operators = new AgentOperatorDoor(
      { facts, clock, book: () => this.agent.book, usage: () => this.agent.usage() },
      workDir,
    )
    const processes: Processes = {
      reaper: new OwnProcesses().reaper,
      start: ({ sandbox }) => imaginary(sandbox),
      resume: () => undefined,
    }
    const { sandboxes } = operators
    const programs = new Programs({
      sandboxRoot: workDir,
      processes,
      door,
      sandboxes,
      subscriptionBackoffMaxMs: 2_000,
    })
    this.agent = new LocalAgent({
      roles: createRoles(clock),
      host: { clock, transport, onMark: ({ name }) => this.marks.push(name) },
      info: { hostname: 'a', resources: { cpus: 4, mem: 1_024 }, endpoint },
      ids: createRandomIds(),
      timeouts: defaultTimeouts,
      runners: {},
      volumes: { create: () => {}, destroy: async () => {}, pathOf: () => '' },
      programs,
      sandboxes,
      onReport: operators.take,
    })
    const routes = [executorRoute(door, { isRecovering: false }), ...operators.routes]
    this.#routes = new Map(routes.map((route) => [route.path, route]))
    clock.advance(1_000)
    this.master.launch(taskOf('T1', program()))
    clock.settle()
  }

  get sandbox(): string {
    return join(this.workDir, 'prog')
  }

  /** The status with which a request is answered, as the front would; anything else is a bug. */
  async ask(path: string, body: string | undefined, query = ''): Promise<number> {
    const route = this.#routes.get(path)
    if (route === undefined) throw new Error(`nothing answers at ${path}`)
    try {
      const answer = await route.handle({
        method: body === undefined ? 'GET' : 'POST',
        path,
        below: '',
        query: new URLSearchParams(query),
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(body ?? ''),
        identity: undefined,
        peer: '127.0.0.1:1',
      })
      this.#read(answer)
      return answer.status
    } catch (error) {
      if (error instanceof Refusal || error instanceof WireError) return error.status
      throw error
    } finally {
      this.clock.settle()
    }
  }

  #read(answer: Answer | Streaming): void {
    if (!('opened' in answer)) return
    const stream: AnswerStream = {
      write: (record) => this.events.push(record),
      end: () => answer.closed('it was ended'),
    }
    answer.opened(stream)
  }
}
