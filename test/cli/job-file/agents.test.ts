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

test('Agents of the command line: attributes in the notation of Mesos, told by an equals sign', () => {
  const spec = '2x cpus:1,rack=r1,keys=[1-5,8-9],disks={sda,sdb},level=-2.5,code="007",mem:64'
  const agent = {
    cpus: 1,
    mem: 64,
    attributes: {
      rack: 'r1',
      keys: [
        [1, 5],
        [8, 9],
      ],
      disks: ['sda', 'sdb'],
      level: -2.5,
      code: '007',
    },
  }
  expect(parseAgents([spec])).toEqual([agent, agent])
  expect(parseAgents(['constructor=a:b=c,cpus:1'])).toEqual([
    { cpus: 1, attributes: { constructor: 'a:b=c' } },
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
  [['cpus=4'], 'cpus is a resource; expected cpus:4 in cpus=4'],
  [['cpus:1,rack:r1'], 'there is no resource rack in cpus:1,rack:r1; an attribute has an equals'],
  [
    ['cpus:1,rack='],
    'rack is empty in cpus:1,rack=; expected a text, a number, [1-5,8-9] or {a,b}',
  ],
  [['cpus:1,rack=a,rack=b'], 'rack is given twice'],
  [['cpus:1,keys=[1-5'], 'keys is [1-5 in'],
  [['cpus:1,keys=[1,5]'], 'keys is [1,5] in'],
  [['cpus:1,keys=[5-1]'], 'the attribute keys has the range [5, 1]'],
  [['cpus:1,keys=[]'], 'keys is [] in'],
  [['cpus:1,disks={}'], 'disks is {} in'],
  [['cpus:1,disks={a,a}'], 'the attribute disks lists a twice'],
  [['cpus:1,=a'], 'an attribute has no name'],
  [['2x'], 'nothing follows 2x'],
  [['0x cpus:1'], '0x asks for 0 agents'],
  [['999999x cpus:1'], 'asks for 999999 agents'],
])('Agents of the command line: %j', (specs, said) => {
  if (said === undefined) expect(parseAgents(specs)).toEqual([{ ports: [[5, 5]] }])
  else expect(() => parseAgents(specs)).toThrow(said)
})
