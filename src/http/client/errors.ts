/** A server does not want what it was told; repeating it would not help. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** The status of HTTP: 401 for a wrong secret, 403 for what is not allowed, … */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}
