import { expect, test } from 'vitest'
import { mesostate, start } from './harness.ts'

test.concurrent('Demo: the worked example runs for real, in plain lines, and ends by itself', {
  timeout: 15_000,
}, async () => {
  const { exitCode, stdout, stderr } = await mesostate(['demo'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).not.toContain('\u001b')
  const story = [
    /lifecycle {3}framework-1 → master +register/,
    /lifecycle {3}master → framework-1 +registered/,
    /allocation {2}master → framework-1 +offer O0 <4 cpus, 4096 MB> of agent-1/,
    /task {8}framework-1 → master +launch crunch <2 cpus, 1024 MB>, sort <1 cpu, 2048 MB> on O0/,
    /allocation {2}master → framework-2 +offer O1 <1 cpu, 1024 MB> of agent-1/,
    /framework-2 +takes it for index; train <2 cpus, 2048 MB> does not fit/,
    /task {8}framework-2 → master +launch index <1 cpu, 1024 MB> on O1/,
    /task {8}master → framework-1 +update crunch FINISHED/,
    /allocation {2}master → framework-2 +offer O2 <2 cpus, 1024 MB>/,
    /allocation {2}framework-2 → master +decline O2/,
    /task {8}framework-2 → master +launch train <2 cpus, 2048 MB>/,
    /lifecycle {3}framework-2 → master +unregister/,
    /framework-2 +train +<2 cpus, 2048 MB> +agent-1 +FINISHED/,
    /4 of 4 tasks finished/,
    /\d+ messages: \d+ lifecycle, \d+ allocation, \d+ task/,
  ]
  let at = 0
  for (const step of story) {
    const found = step.exec(stdout.slice(at))
    expect(found, `${step} after ${stdout.slice(0, at).split('\n').at(-1)}`).not.toBeNull()
    at += (found?.index ?? 0) + 1
  }
})

test.concurrent('Demo: Ctrl-C ends it with exit code 130', async () => {
  const { child, ended } = start(['demo'])
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      if (bytes.includes('RUNNING')) resolve()
    })
  })
  child.kill('SIGINT')
  const { exitCode, stdout } = await ended
  expect(exitCode).toBe(130)
  expect(stdout).not.toContain('tasks finished')
})
