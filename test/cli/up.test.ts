import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ownCertificate } from '../support/certificate.ts'
import { isAlive, linuxOnly, mesostate, refusal, start, temporaryFolder } from './harness.ts'
import { said } from './programs.ts'

/** Each test starts several programs one after the other, and others run beside them. */
vi.setConfig({ testTimeout: 60_000 })

test.concurrent(
  ...linuxOnly('Up: a whole cluster in one program, which others find without a token'),
  async () => {
    const folder = temporaryFolder()
    const config = join(folder, 'cluster.yaml')
    writeFileSync(config, "agent: ['cpus:2;mem:64;attributes=rack:r1', 'cpus:1']\nport: 1\n")
    const env = { XDG_RUNTIME_DIR: folder, MESOSTATE_ALLOCATION_INTERVAL: '200ms' }
    const up = start(['up', '--port', '0', '--config', config], { env })
    const [, place = ''] = await said(
      up,
      /^(?:agent on 127.0.0.1:\d+: <.*>; sandboxes in .*\n){2}mesostate up listens on (\S+); token: .*\n$/,
    )
    const guest = start(['agent', '--resources', '', '--attributes', ''], {
      env: { ...env, MESOSTATE_MASTER: place, MESOSTATE_HOSTNAME: 'guest' },
    })
    await said(guest, /^mesostate agent guest registered .*; it listens on 127\.0\.0\.1:\d+\n$/)
    const script = 'echo $$; trap "" TERM; while :; do sleep 0.1; done'
    const url = `http://${place}/`
    const long = start(['exec', '--master', url, '--cpus', '2', '--', 'sh', '-c', script], { env })
    const [, pid] = await said(long, /^(\d+)\n/)
    guest.child.kill('SIGUSR1')
    expect(await guest.ended).toMatchObject({ exitCode: 0, stderr: '' })
    up.child.kill('SIGTERM')
    up.child.kill('SIGTERM')
    expect((await up.ended).exitCode).toBe(0)
    expect(isAlive(Number(pid))).toBe(false)
    expect(readdirSync(join(folder, 'mesostate'))).toEqual([])
    long.child.kill('SIGKILL')
  },
)

test.concurrent(...linuxOnly('Up: over TLS, and operators have to say who they are'), async () => {
  const folder = temporaryFolder()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const { key, cert } = ownCertificate(folder)
  const credentials = file('credentials', 'ops open-sesame\n')
  const env = { XDG_RUNTIME_DIR: folder, NODE_EXTRA_CA_CERTS: cert }
  const up = start(
    [
      ...['up', '--port', '0', '--agent', 'cpus:1', '--tls-key', key, '--tls-cert', cert],
      ...['--authenticate-operators', '--credentials', credentials],
    ],
    { env },
  )
  const [, place = ''] = await said(up, /mesostate up listens on (\S+); /)
  const url = `https://${place}`
  const ops = ['--principal', 'ops', '--secret-file', file('secret', 'open-sesame\n')]
  const ends = await Promise.all(
    [
      ['exec', '--master', url, '--', 'echo', 'hi'],
      ['agents', '--master', url, ...ops],
      ['agents', '--master', url],
    ].map((args) => mesostate(args, { env })),
  )
  expect(ends).toMatchObject([
    { exitCode: 0, stdout: 'hi\n' },
    { exitCode: 0, stdout: expect.stringMatching(/ localhost:\d+ +active +/) },
    { exitCode: 2, stderr: expect.stringMatching(/answers 401: /) },
  ])
  up.child.kill('SIGTERM')
  expect((await up.ended).exitCode).toBe(0)
})

test.concurrent('Up: what cannot be is said, with its exit code', async () => {
  const cases: [string[], RegExp][] = [
    [['up', '--agent', 'cpus=1'], /--agent.*expected NAME:VALUE, not cpus=1/],
    [['up', '--port', '0', '--policy', 'dfr'], /there is no policy dfr; did you mean drf\?/],
    [
      ['up', '--port', '0', '--tls-key', import.meta.filename, '--tls-cert', import.meta.filename],
      /tls: the key .* cannot be used together: .*; give both as PEM/,
    ],
  ]
  for (const [args, sentence] of cases) expect(await refusal(args)).toMatch(sentence)
  const lonely = await mesostate(['agent'])
  expect(lonely).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/agent needs --master <host:port>: .* \(or MESOSTATE_MASTER\)/),
  })
})
