import { writeFileSync } from 'node:fs'
import { catalog } from '../dist/messages/catalog.js'
import { messagesPage } from './messages-page.js'

writeFileSync(new URL('../docs/messages.md', import.meta.url), messagesPage(catalog))
