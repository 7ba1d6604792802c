import { catalog } from '../../../messages/catalog.ts'
import { EnvelopeChecker } from '../../../messages/checker.ts'
import { MASTER, type Message } from '../../../messages/index.ts'
import { InvalidInputError } from '../../../model/errors.ts'
import { suggestion } from '../../../model/suggestion.ts'
import type { Stage } from '../stage.ts'
import { durationOf, type Words } from '../words.ts'
import type { ScenarioCommand } from './command.ts'

/** What happens to messages, and what nobody should say. */
export const networkCommands = {
  cut: {
    isFault: true,
    usage: 'cut NAME [->] NAME: both ways, or only this one',
    run: (stage, words) => each(stage, words, (from, to) => stage.rules.cut(from, to)),
  },
  mend: {
    usage: 'mend NAME [->] NAME',
    run: (stage, words) => each(stage, words, (from, to) => stage.rules.mend(from, to)),
  },
  delay: {
    isFault: true,
    usage: 'delay TIME NAME [->] NAME',
    run: (stage, words) => {
      const delayMs = durationOf(words.take('the delay'))
      each(stage, words, (from, to) => stage.rules.delay(from, to, delayMs))
    },
  },
  break: {
    isFault: true,
    usage: 'break NAME: its link to the master',
    run: (stage, words) => stage.breakLink(stage.process(words.take('whose link breaks'))),
  },
  lose: {
    isFault: true,
    usage: 'lose TYPE [to NAME]: the next message of this type',
    run: (stage, words) => next(stage, words, 0),
  },
  repeat: {
    isFault: true,
    usage: 'repeat TYPE [to NAME]: the next message of this type arrives twice',
    run: (stage, words) => next(stage, words, 2),
  },
  say: {
    isFault: true,
    usage: 'say NAME JSON: to the master, whatever it is; `operator` may, too',
    run: (stage, words) => {
      const process = stage.process(words.take('who speaks'))
      stage.say(process, messageIn(process.name, words.rest()))
    },
  },
  wait: {
    usage: 'wait TIME',
    run: () => {},
    passMs: (words) => durationOf(words.take('the time')),
  },
} satisfies Record<string, ScenarioCommand>

function each(stage: Stage, words: Words, act: (from: string, to: string) => void): void {
  const from = stage.process(words.take('one of two')).name
  const isOneWay = words.takes('->')
  const to = stage.process(words.take('the other of two')).name
  act(from, to)
  if (!isOneWay) act(to, from)
}

function next(stage: Stage, words: Words, times: 0 | 2): void {
  const word = words.take('the type of the message')
  const types = catalog.map(({ type }) => type)
  if (!types.includes(word)) {
    throw new InvalidInputError(`there is no message ${word}${suggestion(word, types)}`)
  }
  const to = words.takes('to') ? stage.process(words.take('the receiver')).name : undefined
  stage.rules.next(word, times, to)
}

/** Only what a transport would let through: nonsense never arrives. */
function messageIn(from: string, text: string): Message {
  const envelope = { from, to: MASTER, message: parsed(text) }
  const problem = new EnvelopeChecker().problemWith(envelope)
  if (problem !== undefined) throw new InvalidInputError(problem)
  return envelope.message
}

function parsed(text: string): Message {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidInputError(`${text} is no JSON`)
  }
}
