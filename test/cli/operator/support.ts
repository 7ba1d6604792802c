import { createServer } from 'node:http'
import type { Command } from 'commander'
import { onTestFinished, vi } from 'vitest'

/** What a command prints, line by line. */
export async function printed(command: Command, ...args: string[]): Promise<string[]> {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write')
  write.mockImplementation((part: string | Uint8Array, ...rest: unknown[]) => {
    text += String(part)
    for (const taken of rest) if (typeof taken === 'function') taken()
    return true
  })
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' })
  } finally {
    write.mockRestore()
  }
  return text.trimEnd().split('\n')
}

/** Somebody who answers calls by their type, and keeps what was asked. */
export async function pretender(answers: Record<string, (call: string) => unknown>) {
  const heard: { readonly authorization: string | undefined; readonly type: string }[] = []
  const pretending = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += String(part)
    })
    request.on('end', () => {
      const { type } = JSON.parse(text)
      heard.push({ authorization: request.headers.authorization, type })
      const answer = answers[type]?.(text)
      if (answer === undefined) response.writeHead(403)
      response.end(answer === undefined ? 'You may not.' : JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => pretending.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void pretending.close())
  const address = pretending.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { heard, place: `127.0.0.1:${port}` }
}
