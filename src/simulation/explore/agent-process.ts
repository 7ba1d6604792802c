import type { EventObject } from 'xstate'
import {
  type Address,
  type AgentInfo,
  type Envelope,
  MASTER,
  type TaskInfo,
} from '../../messages/index.ts'
import type { AgentBook, AgentOptions } from '../../model/agent/book.ts'
import type { AgentEffect } from '../../model/agent/step.ts'
import { assert } from '../../model/assert.ts'
import type { ExecutorBook, ExecutorEffect, ExecutorOptions } from '../../model/executor/book.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Part, Stepper } from './machine-part.ts'
import { ageAgentBook, normaliseAgentBook, sortTimers } from './normalise.ts'
import { emptyView, eventOf, type Move, Outbox, type Process, type View } from './process.ts'

/** A machine of the cluster: its agent, the executors there, and the work that really goes on. */
export interface AgentState {
  run: number
  /** Nothing while it is down. */
  agent: Part<AgentBook> | undefined
  readonly executors: Map<Address, Part<ExecutorBook>>
  /** The tasks whose work goes on, and their executors. */
  readonly running: Map<string, Address>
  /** What must never happen, and did. */
  readonly problems: string[]
}

export interface AgentParts {
  readonly agent: Stepper<AgentBook>
  readonly executor: Stepper<ExecutorBook>
  readonly info: AgentInfo
  readonly timeouts: Timeouts
}

/** What waits to be heard inside of the process. */
interface Word {
  readonly to: Address
  readonly event: EventObject
}

/**
 * The process of one agent. What its actors say to each other arrives at once and in order: nothing
 * is lost inside of a process.
 */
export class AgentProcess implements Process<AgentState> {
  readonly address: Address
  readonly #parts: AgentParts

  constructor(parts: AgentParts) {
    this.#parts = parts
    this.address = `agent/${parts.info.hostname}`
  }

  begin(outbox: Outbox, before?: AgentState): AgentState {
    const { agent, info, timeouts } = this.#parts
    const run = (before?.run ?? 0) + 1
    const input: AgentOptions = {
      address: this.address,
      info,
      timeouts,
      instance: instanceOf(`${info.hostname}.${run}`),
      seed: 1,
    }
    const part = agent.begin(input, outbox.speakAs(this.address))
    return { run, agent: part, executors: new Map(), running: new Map(), problems: [] }
  }

  hear(state: AgentState, envelope: Envelope, outbox: Outbox): void {
    this.#settle(state, { to: this.address, event: eventOf(envelope) }, outbox)
  }

  act(state: AgentState, { what, subject }: Pick<Move, 'what' | 'subject'>, outbox: Outbox): void {
    if (what === 'restart') Object.assign(state, this.begin(outbox, state))
    else if (what === 'break') this.#settle(state, this.#broken(state, subject), outbox)
    else if (what === 'fire' && state.agent !== undefined) {
      const event = state.agent.timers.get(subject)
      state.agent.timers.delete(subject)
      if (event !== undefined) this.#settle(state, { to: this.address, event }, outbox)
    } else {
      if (what === 'late' && state.agent !== undefined) ageAgentBook(state.agent.book)
      const word = exitOf(state, subject, true)
      if (word !== undefined) this.#settle(state, word, outbox)
    }
  }

  /** The machine loses power. */
  crash(state: AgentState): void {
    state.agent = undefined
    state.executors.clear()
    state.running.clear()
  }

  normalise({ agent, executors }: AgentState): void {
    for (const executor of executors.values()) sortTimers(executor)
    if (agent === undefined) return
    normaliseAgentBook(agent.book)
    sortTimers(agent)
  }

  view({ agent, executors, running, problems }: AgentState): View {
    if (agent === undefined) {
      const restart = {
        kind: 'restart',
        text: 'starts again',
        what: 'restart',
        subject: '',
      } as const
      return { ...emptyView, isAbsent: true, moves: [restart], problems }
    }
    const moves: Move[] = []
    for (const [id, { type }] of agent.timers) {
      const kind = timerKind(id, agent.book)
      if (kind !== undefined) moves.push({ kind, text: `timer ${type}`, what: 'fire', subject: id })
    }
    for (const taskId of running.keys()) {
      moves.push({ kind: 'work', text: `${taskId} is done`, what: 'late', subject: taskId })
      moves.push({ kind: 'work', text: `${taskId} is done soon`, what: 'soon', subject: taskId })
    }
    for (const address of executors.keys()) {
      const text = `executor ${address.slice(address.lastIndexOf('/') + 1)} breaks`
      moves.push({ kind: 'break', text, what: 'break', subject: address })
    }
    return { ...emptyView, moves, problems, isDone: executors.size === 0 }
  }

  /** Plays what follows inside of the process to its end. */
  #settle(state: AgentState, first: Word, outbox: Outbox): void {
    const words: Word[] = [first]
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      const part = word.to === this.address ? state.agent : state.executors.get(word.to)
      if (part === undefined) continue
      const said = new Outbox().speakAs(word.to)
      if (part === state.agent) this.#parts.agent.step(state.agent, word.event, said)
      else {
        const executor = state.executors.get(word.to)
        if (executor !== undefined) this.#parts.executor.step(executor, word.event, said)
      }
      this.#obey(state, said, outbox, words)
      for (const { params } of said.effects) this.#perform(state, word.to, params, words, outbox)
      this.#bury(state, word.to, words, outbox)
    }
  }

  /** What an actor says goes out, or to another actor here. */
  #obey(state: AgentState, said: Outbox, outbox: Outbox, words: Word[]): void {
    for (const { name, detail } of said.marks) outbox.mark(name, detail)
    for (const envelope of said.sends) {
      if (envelope.to === MASTER) outbox.speakAs(this.address).send(MASTER, envelope.message)
      else if (envelope.to === this.address || state.executors.has(envelope.to)) {
        words.push({ to: envelope.to, event: eventOf(envelope) })
      }
    }
  }

  #perform(state: AgentState, by: Address, params: unknown, words: Word[], outbox: Outbox): void {
    assert(isEffect(params), () => `${by} asks for ${JSON.stringify(params)}`)
    if (params.type === 'launchExecutor') this.#launch(state, params, words, outbox)
    else if (params.type === 'destroyExecutor') words.push(this.#broken(state, params.address))
    else if (params.type === 'startRun') this.#startRun(state, by, params.task, words)
    else if (params.type === 'stopRun') {
      const word = exitOf(state, params.taskId, false)
      if (word !== undefined) words.push(word)
    }
  }

  #launch(
    state: AgentState,
    { address, kind, frameworkId, executorId }: Extract<AgentEffect, { type: 'launchExecutor' }>,
    words: Word[],
    outbox: Outbox,
  ): void {
    const { executor, timeouts } = this.#parts
    const input: ExecutorOptions = {
      agent: this.address,
      frameworkId,
      executorId,
      endsWithTasks: kind === 'COMMAND' || kind === 'DEFAULT',
      instance: instanceOf(`${executorId}.${this.#parts.info.hostname}.${state.run}`),
      timeouts,
    }
    const said = new Outbox().speakAs(address)
    state.executors.set(address, executor.begin(input, said))
    this.#obey(state, said, outbox, words)
  }

  #startRun(state: AgentState, executor: Address, task: TaskInfo, words: Word[]): void {
    const { taskId } = task
    if (state.running.has(taskId)) {
      state.problems.push(`safety-nothing-runs-twice: the work of ${taskId} is begun twice`)
    }
    state.running.set(taskId, executor)
    words.push({ to: executor, event: reportOf('run.started', { taskId }) })
  }

  /** An executor is gone, with its work; its agent hears of it. */
  #broken(state: AgentState, address: Address): Word {
    state.executors.delete(address)
    for (const [taskId, by] of state.running) if (by === address) state.running.delete(taskId)
    return { to: this.address, event: exitedEvent(address, 'the executor is gone') }
  }

  /** Who has come to the end of its chart is gone, and its watcher hears of it. */
  #bury(state: AgentState, address: Address, words: Word[], outbox: Outbox): void {
    if (address !== this.address) {
      if (state.executors.get(address)?.isDone) words.push(this.#broken(state, address))
      return
    }
    if (!state.agent?.isDone) return
    this.crash(state)
    const reason = 'the agent has ended'
    outbox.speakAs(address).send(MASTER, { type: 'lifecycle.exited', address, reason })
  }
}

/** Makes ids of updates that can be counted up: their maker, and a number at the end. */
function instanceOf(maker: string): string {
  return `${maker}-${'0'.repeat(12)}`
}

function timerKind(id: string, { registrationAttempts }: AgentBook): Move['kind'] | undefined {
  if (id === 'registration') return registrationAttempts <= 1 ? 'urgent' : 'quiet'
  if (id === 'silence') return 'silence'
  // Executors answer at once here, and end when they are asked to.
  return id.startsWith('executor/') ? undefined : 'quiet'
}

function exitOf({ running }: AgentState, taskId: string, succeeded: boolean): Word | undefined {
  const executor = running.get(taskId)
  running.delete(taskId)
  if (executor === undefined) return undefined
  return { to: executor, event: reportOf('run.exited', { taskId, succeeded, launched: true }) }
}

function reportOf(type: string, run: object): EventObject {
  return Object.assign({ type }, { runs: [run] })
}

function exitedEvent(address: Address, reason: string): EventObject {
  return Object.assign({ type: 'lifecycle.exited' }, { address, reason, from: address })
}

function isEffect(params: unknown): params is AgentEffect | ExecutorEffect {
  return typeof params === 'object' && params !== null && 'type' in params
}
