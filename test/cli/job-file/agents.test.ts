import { expect, test } from 'vitest'
import { parseAgents } from '../../../src/cli/job-file/agents.ts'

test('Agents of the command line: several, counted, with ports, quoted or not', () => {
  const big = { cpus: 4, mem: 8192 }
  expect(parseAgents(['cpus:4,mem:8192'])).toEqual([big])
  expect(parseAgents(['2x cpus:4,mem:8192'])).toEqual([big, big])
  expect(parseAgents(['2x', 'cpus:4,mem:8192', 'cpus:0.5'])).toEqual([big, big, { cpus: 0.5 }])
  expect(parseAgents(['2xcpus:1,ports:31000-31005'])).toEqual([
    { cpus: 1, ports: [[31000, 31005]] },
    { cpus: 1, ports: [[31000, 31005]] },
  ])
})

test.each([
  [['cpu:4'], 'there is no resource cpu in cpu:4; did you mean cpus?'],
  [['4'], 'there is no resource 4 in 4'],
  [['cpus:'], 'cpus is empty'],
  [['cpus:-1'], 'cpus is -1'],
  [['cpus:NaN'], 'cpus is NaN'],
  [['cpus:1e400'], 'cpus is 1e400'],
  [['cpus:1e300'], 'surely a slip'],
  [['cpus:1,cpus:2'], 'cpus is given twice'],
  [['ports:5'], undefined],
  [['cpus:1,ports:9-5'], 'smaller first'],
  [['gpus:1.5'], 'whole units'],
  [['cpus:0'], 'has no resources'],
  [['2x'], 'nothing follows 2x'],
  [['0x cpus:1'], '0x asks for 0 agents'],
  [['999999x cpus:1'], 'asks for 999999 agents'],
])('Agents of the command line: %j', (specs, said) => {
  if (said === undefined) expect(parseAgents(specs)).toEqual([{ ports: [[5, 5]] }])
  else expect(() => parseAgents(specs)).toThrow(said)
})
