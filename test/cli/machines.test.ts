import { expect, test } from 'vitest'
import { machines } from '../../src/machines/index.ts'
import { mesostate, refusal } from './harness.ts'

test.concurrent('Machines: the list has every statechart with what it is for', async () => {
  const { exitCode, stdout } = await mesostate(['machines'])
  expect(exitCode).toBe(0)
  for (const { name, kind, summary } of machines) {
    expect(stdout).toMatch(new RegExp(`^${name} +${kind} +\\d+ +\\d+ {2}${summary}$`, 'm'))
  }
})

test.concurrent('Machines: one is printed as a drawing or as data', async () => {
  const [drawing, data, list] = await Promise.all([
    mesostate(['machines', 'offer']),
    mesostate(['machines', 'task', '--format', 'json']),
    mesostate(['machines', '--format', 'json']),
  ])
  expect(drawing.stdout).toMatch(/^stateDiagram-v2\n/)
  expect(Object.keys(JSON.parse(data.stdout).states)).toHaveLength(14)
  expect(JSON.parse(list.stdout)).toContainEqual(
    expect.objectContaining({ name: 'task', kind: 'tracked', states: 14 }),
  )
})

test.concurrent('Machines: an unknown name or format is a usage error with a suggestion', async () => {
  const name = await mesostate(['machines', 'offr'])
  expect(name).toMatchObject({ exitCode: 2, stdout: '' })
  expect(name.stderr).toContain('there is no statechart offr; did you mean offer?')
  const format = await refusal(['machines', 'offer', '--format', 'svg'])
  expect(format).toContain('mermaid, json')
})
