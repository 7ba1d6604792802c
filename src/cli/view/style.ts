import { styleText } from 'node:util'
import type { Category, TaskState } from '../../messages/index.ts'

type Format = Parameters<typeof styleText>[0]

/** The one place that knows which colour stands for what. Without colour, texts pass unchanged. */
export class Style {
  readonly enabled: boolean

  constructor(enabled: boolean) {
    this.enabled = enabled
  }

  bold(text: string): string {
    return this.#paint('bold', text)
  }

  dim(text: string): string {
    return this.#paint('dim', text)
  }

  good(text: string): string {
    return this.#paint('green', text)
  }

  bad(text: string): string {
    return this.#paint('red', text)
  }

  category(category: Category, text: string): string {
    return this.#paint(categoryColours[category], text)
  }

  state(state: TaskState | undefined, text: string): string {
    return this.#paint(state === undefined ? 'dim' : stateColour(state), text)
  }

  /** The parts of an account: total = used + offered + free. */
  account(part: 'used' | 'offered' | 'free', text: string): string {
    return this.#paint(accountColours[part], text)
  }

  #paint(format: Format, text: string): string {
    return this.enabled && text !== '' ? styleText(format, text, { validateStream: false }) : text
  }
}

const categoryColours: Readonly<Record<Category, Format>> = {
  lifecycle: 'magenta',
  allocation: 'yellow',
  task: 'cyan',
}
const accountColours: Readonly<Record<'used' | 'offered' | 'free', Format>> = {
  used: 'cyan',
  offered: 'yellow',
  free: 'gray',
}

function stateColour(state: TaskState): Format {
  switch (state) {
    case 'TASK_FINISHED':
      return 'green'
    case 'TASK_RUNNING':
      return 'cyan'
    case 'TASK_STAGING':
    case 'TASK_STARTING':
      return 'blue'
    case 'TASK_KILLING':
    case 'TASK_KILLED':
      return 'yellow'
    default:
      return 'red'
  }
}

/** Colours are for terminals that have them, unless NO_COLOR asks for none. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return new Style(stream.isTTY === true && stream.hasColors())
}
