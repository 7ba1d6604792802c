import type { Started } from './harness.ts'
import { start, temporaryFolder } from './harness.ts'

/** Resolves as soon as what a program has said on a stream matches; rejects when it ends before. */
export function said(
  { child, ended }: Started,
  pattern: RegExp,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    child[stream]?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const found = pattern.exec(text)
      if (found !== null) resolve(found)
    })
    void ended.then(({ stdout, stderr }) =>
      reject(new Error(`it ended before it said ${pattern}: ${stdout}${stderr}`)),
    )
  })
}

/** A master on a port of its own, with a work folder of its own unless one is named. */
export async function startMaster(...options: string[]) {
  const program = start(['master', '--port', '0', '--work-dir', temporaryFolder(), ...options])
  const [, place = '', tokenFile = ''] = await said(
    program,
    /^mesostate master listens on (127\.0\.0\.1:\d+); token: (.+)\n$/,
  )
  return { ...program, place, tokenFile, join: ['--master', place, '--token-file', tokenFile] }
}

/** What every agent here offers. */
export const offers = [
  ...['--resources', 'cpus:1;mem:64;ports:[31000-31005]'],
  ...['--attributes', 'rack:r1'],
]

/** An agent that the master knows. */
export async function startAgent(
  where: readonly string[],
  name: string,
  folder = temporaryFolder(),
) {
  const program = start([
    ...['agent', ...where, '--hostname', name, '--work-dir', folder],
    ...offers,
  ])
  await said(program, /registered with the master at \S+: <1 cpu, 64 MB, ports 31000-31005>/)
  return { ...program, folder }
}
