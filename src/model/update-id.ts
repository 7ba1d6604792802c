/** Digits of a UUID that count updates; the rest tells their maker. */
const counterDigits = 12

/**
 * The next unique id of a status update: the maker's own random UUID with its last part replaced
 * by a counter. It is a valid RFC 4122 UUID, as Mesos demands, and needs no randomness to make.
 */
export function takeUpdateId(maker: { readonly instance: string; sequence: number }): string {
  const count = (maker.sequence++).toString(16).padStart(counterDigits, '0')
  return maker.instance.slice(0, -counterDigits) + count
}
