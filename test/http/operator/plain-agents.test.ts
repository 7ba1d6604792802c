import { describe, expect, it } from 'vitest'
import { Desk } from './support.ts'

describe('/slaves with an id in its path (2 agents)', () => {
  it('the agent of this id alone; 404 when there is none', async () => {
    const desk = new Desk()
    for (const name of ['one', 'two']) desk.stage.agent(name, { cpus: 4 })
    desk.stage.settle()
    const [, two = ''] = desk.stage.ledger.agents.keys()
    const { status, body } = await desk.get(`/slaves/${two}`)
    expect([status, body]).toMatchObject([
      200,
      { slaves: [{ id: two, hostname: 'two' }], recovered_slaves: [] },
    ])
    expect((await desk.get(`/slaves/${two}/?slave_id=x`)).body).toMatchObject({ slaves: [] })
    expect(await desk.get('/slaves/x')).toMatchObject({
      status: 404,
      body: 'There is no agent x.',
    })
  })
})
