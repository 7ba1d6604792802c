import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messagesPage } from '../../scripts/messages-page.js'
import { catalog } from '../../src/messages/catalog.ts'

test('docs/messages.md is what the vocabulary says (run `npm run docs` after a change)', () => {
  const committed = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8')
  expect(committed).toBe(messagesPage(catalog))
})
