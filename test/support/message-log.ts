import type { Envelope, Message } from '../../src/messages/index.ts'

type Of<Type extends Message['type']> = Extract<Message, { type: Type }>

/** Every message that was delivered, in order. */
export class MessageLog {
  readonly envelopes: Envelope[] = []

  readonly add = (envelope: Envelope): void => {
    this.envelopes.push(envelope)
  }

  /** The messages of a type; `from` and `to` are addresses, or roles that begin one. */
  sent<Type extends Message['type']>(type: Type, from = '', to = ''): Of<Type>[] {
    return this.envelopes
      .filter((envelope) => isFrom(envelope.from, from) && isFrom(envelope.to, to))
      .flatMap(({ message }) => (isOf(message, type) ? [message] : []))
  }

  clear(): void {
    this.envelopes.length = 0
  }
}

function isFrom(address: string, wanted: string): boolean {
  return wanted === '' || address === wanted || address.startsWith(`${wanted}/`)
}

function isOf<Type extends Message['type']>(message: Message, type: Type): message is Of<Type> {
  return message.type === type
}
