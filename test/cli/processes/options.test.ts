import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/cli/options.ts'
import {
  doubtsAbout,
  parseAgentSpec,
  parseAttributes,
  parseMinimums,
  parsePort,
  parseResources,
  parseWeights,
} from '../../../src/cli/processes/options.ts'
import { linkTeller } from '../../../src/cli/processes/talk.ts'

describe('Command line of processes: lists in Mesos’ notation', () => {
  it('resources are numbers, ranges and sets', () => {
    expect(parseResources('cpus:4; mem:4096;ports:[31000-31005,32000-32001];discs:{a,b}')).toEqual({
      cpus: 4,
      mem: 4_096,
      ports: [
        [31_000, 31_005],
        [32_000, 32_001],
      ],
      discs: ['a', 'b'],
    })
    expect(parseResources('cpus(eng):0.5')).toEqual({ 'cpus(eng)': 0.5 })
  })

  it('attributes may be texts, too', () => {
    expect(parseAttributes('rack:r1;url:http://x;level:7;')).toEqual({
      rack: 'r1',
      url: 'http://x',
      level: 7,
    })
  })

  it('weights are numbers of roles', () => {
    expect(parseWeights('eng=2,ads/night=0.5')).toEqual({ eng: 2, 'ads/night': 0.5 })
    expect(parseWeights('{"eng": 2}')).toEqual({ eng: 2 })
    expect(parseWeights('')).toEqual({})
  })

  it('an agent is its resources, and what is to be known of it', () => {
    expect(parseAgentSpec('cpus:4;ports:[1-2];attributes=rack:r1;os:linux')).toEqual({
      resources: { cpus: 4, ports: [[1, 2]] },
      attributes: { rack: 'r1', os: 'linux' },
    })
    expect(parseAgentSpec('attributes=rack:r1')).toEqual({ attributes: { rack: 'r1' } })
    expect(parseAgentSpec('cpus:4;attributes=')).toEqual({ resources: { cpus: 4 } })
    expect(parseAgentSpec('')).toEqual({})
  })

  it('minimums are amounts of which one suffices', () => {
    expect(parseMinimums('cpus:0.01|mem:32;gpus:1')).toEqual([{ cpus: 0.01 }, { mem: 32, gpus: 1 }])
  })

  it('durations may be spelt as in Mesos', () => {
    expect(['1secs', '1.5mins', '2hrs', '1days', '1weeks', '250ms'].map(parseDuration)).toEqual([
      1_000, 90_000, 7_200_000, 86_400_000, 604_800_000, 250,
    ])
  })

  const wrong: [string, () => unknown, RegExp][] = [
    ['an equals sign', () => parseResources('cpus=4'), /expected NAME:VALUE, not cpus=4/],
    ['no amount', () => parseResources('cpus:many'), /cpus is many; expected a number/],
    ['nothing', () => parseResources('cpus:'), /cpus is empty/],
    ['the same twice', () => parseResources('cpus:1;cpus:2'), /cpus is given twice/],
    ['an attribute without value', () => parseAttributes('rack:'), /rack is empty/],
    ['a role twice', () => parseWeights('eng=1,eng=2'), /eng is given twice/],
    ['a weight without role', () => parseWeights('=2'), /expected something like eng=2,ads=1/],
    ['a role without weight', () => parseWeights('eng'), /not eng/],
    ['a weight that is a text', () => parseWeights('{"eng": "heavy"}'), /weight of eng is heavy/],
    ['a minimum that is a list', () => parseMinimums('ports:[1-2]'), /ports is a list/],
    ['a minimum of nothing', () => parseMinimums('cpus:1|'), /expected something like cpus:4/],
    ['a unit that is none', () => parseDuration('1fortnights'), /expected a duration/],
    ['a port that is none', () => parsePort('65536'), /expected a port/],
  ]
  for (const [what, parse, sentence] of wrong) {
    it(`${what} is refused`, () => expect(parse).toThrow(sentence))
  }
})

describe('Command line of processes: resources with names that are nearly those of everybody', () => {
  it('are asked about, and no others', () => {
    const doubts = doubtsAbout({ cpu: 4, MEM: 1, memory: 512, disks: 1, port: [[1, 2]] })
    expect(doubts).toEqual([
      'a resource is called cpu; did you mean cpus?',
      'a resource is called MEM; did you mean mem?',
      'a resource is called memory; did you mean mem?',
      'a resource is called disks; did you mean disk?',
      'a resource is called port; did you mean ports?',
    ])
    expect(doubtsAbout({ cpus: 4, mem: 1, gpus: 1, disk: 1, ports: [[1, 2]], tpus: 2 })).toEqual([])
    expect(doubtsAbout({ memory_bandwidth: 1, net: 2, mem_bw: 3, cpuset: 4 })).toEqual([])
    expect(doubtsAbout({ 'cpus(x)': 1, 'mem(a)': 2, 'cpus{r}': 1 })).toEqual([])
    expect(doubtsAbout({ 'cpu(eng)': 1, cpu: 2 })).toEqual([
      'a resource is called cpu; did you mean cpus?',
    ])
  })
})

describe('Command line of processes: news of a link', () => {
  it('are told when they change', () => {
    const lines: string[] = []
    const tell = linkTeller('here:5050', (line) => lines.push(line))
    const down = { type: 'down', reason: 'nobody listens there', denied: false } as const
    tell({ type: 'open' })
    for (let times = 0; times < 3; times++) tell(down)
    tell({ type: 'open' })
    tell({ type: 'refused', address: 'agent/a', reason: 'agent/a is taken', times: 1 })
    expect(lines).toEqual([
      'no link to the master at here:5050, it is tried again: nobody listens there',
      'linked up with the master at here:5050',
      'agent/a is taken; it is tried again',
    ])
  })
})
