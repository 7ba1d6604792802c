import { describe, expect, test } from 'vitest'
import { playScenario, scenarioCommands } from '../../../src/simulation/scenarios/run.ts'

const begin = ['> agent a1 cpus 2 mem 1024', '> wait 2s', '> framework f1']

/** What happens after the usual beginning, command by command. */
function outcomeOf(...commands: string[]): string {
  const { text } = playScenario([...begin, ...commands.map((one) => `> ${one}`)].join('\n'))
  const last = text.lastIndexOf('\n> ')
  return text.slice(last)
}

describe('Scenarios: the text', () => {
  test('what was recorded plays without a difference, with every comment where it was', () => {
    const script = ['# Title.', '', begin[0], '# Between.', '', begin[1], begin[2], '', '# End.']
    const { text, differences } = playScenario(script.join('\n'))
    expect(differences).toHaveLength(2)
    expect(text.startsWith('# Title.\n\n> agent a1 cpus 2 mem 1024\n# Between.\n\n> wait')).toBe(
      true,
    )
    expect(text.endsWith('\n\n# End.\n')).toBe(true)
    expect(playScenario(text)).toEqual({ text, differences: [] })
  })

  test('another outcome is told with its line, as it was and as it is', () => {
    const { text } = playScenario(begin.join('\n'))
    const other = text.replace('offer O0 <2 cpus', 'offer O0 <3 cpus')
    const [difference, ...others] = playScenario(other).differences
    expect(others).toEqual([])
    expect(difference).toMatchObject({ line: 6, command: 'framework f1' })
    expect(difference?.recorded.join()).toContain('<3 cpus')
    expect(difference?.happened.join()).toContain('<2 cpus')
  })

  test.each([
    ['agnet a2', 'line 4, agnet a2: there is no command agnet; did you mean agent?'],
    ['agent a1', 'the name a1 is taken'],
    ['wait soon', 'soon is no duration such as 500ms, 30s'],
    ['wait 1s now', 'now means nothing here'],
    ['accept f2', 'there is no framework f2'],
    ['decline f1 O7', 'f1 never had O7'],
    ['crash a9', 'there is no agent a9'],
    ['restart a1', 'a1 lives already'],
    ['restart f1', 'f1 lives already; restart it elsewhere'],
    ['finish t1', 't1 runs nowhere'],
    ['lose task.lunch', 'there is no message task.lunch; did you mean task.launch?'],
    ['cut a1 a9', 'nobody is called a9'],
    ['say f1 {', '{ is no JSON'],
    ['say f1 {"type":"task.kill"}', 'task.kill must have required properties kills'],
    ['accept f1 task', 'the id of the task is missing'],
  ])('%s: it says what is wrong', (command, sentence) => {
    expect(() => outcomeOf(command)).toThrow(sentence)
  })

  test('every command says how it is written, with its name in front', () => {
    for (const [name, { usage }] of Object.entries(scenarioCommands)) {
      expect(usage.split(/[ :]/)[0]).toBe(name)
    }
  })
})

describe('Scenarios: the world', () => {
  test('what is lost is shown as lost, and no more than that is', () => {
    const text = outcomeOf('lose task.launch to a1', 'accept f1 task t1 cpus 1')
    expect(text).toMatch(/master → a1 +launch t1 <1 cpu> \(lost\)/)
    expect(text.match(/\(lost\)/g)).toHaveLength(1)
  })

  test('a cut of one way leaves the other, until it is mended', () => {
    const commands = ['accept f1 task t1 cpus 1', 'cut a1 -> master', 'finish t1']
    expect(outcomeOf(...commands)).toMatch(/a1 → master +update t1 FINISHED \(lost\)/)
    expect(outcomeOf(...commands, 'mend a1 -> master', 'wait 10s')).toMatch(
      /master → f1 +update t1 FINISHED\n/,
    )
  })

  test('slow messages arrive later, in order', () => {
    const text = outcomeOf('delay 4s f1 master', 'accept f1 task t1 cpus 1 for 1s', 'wait 8s')
    expect(text).toMatch(/ 6\.000 s {2}f1 → master +launch t1/)
    expect(text).toMatch(/10\.000 s {2}master → f1 +update t1 STARTING/)
  })

  test('who is paused hears everything when it goes on', () => {
    const commands = ['accept f1 task t1 cpus 1', 'pause f1', 'finish t1']
    expect(outcomeOf(...commands)).not.toContain('master → f1')
    expect(outcomeOf(...commands, 'resume f1')).toMatch(/master → f1 +update t1 FINISHED\n/)
  })

  test('a promise that is broken stands in the outcome: here an agent lies', () => {
    const status =
      '{"taskId":"t1","state":"TASK_FAILED","uuid":"00000000-0000-4000-8000-000000000000",' +
      '"agentId":"M-S0","source":"EXECUTOR","timestampMs":0}'
    const update = `{"frameworkId":"M-0000","latestState":"TASK_FAILED","status":${status}}`
    const lie = `say a1 {"type":"task.update","agentId":"M-S0","updates":[${update}]}`
    expect(outcomeOf('accept f1 task t1 cpus 1', 'finish t1', lie)).toContain(
      '  ! safety-one-terminal-state: scheduler/f1 hears of t1 that it is TASK_FAILED',
    )
  })
})
