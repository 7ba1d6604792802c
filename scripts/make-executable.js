import { chmodSync } from 'node:fs'

/** The compiler writes plain files; a program that npm links must be executable. */
chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755)
