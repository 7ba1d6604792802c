/**
 * An executor: a program that an agent starts, and that runs tasks of its framework. Started by an
 * agent this program is one; started by hand it is the scheduler that wants it, with a cluster of
 * its own.
 *   node examples/http-executor.mjs
 */
import { createServer } from 'mesostate'
import { connectExecutor, connectScheduler } from 'mesostate/http'

if (process.env.MESOS_AGENT_ENDPOINT === undefined) await schedule()
else await execute()

/** Squares a number; a task is a number, and its result is the data of its last update. */
async function execute() {
  const executor = connectExecutor({
    launch(task, reply) {
      const number = Number(Buffer.from(task.data ?? '', 'base64').toString())
      reply.update(task.taskId, 'TASK_RUNNING')
      if (Number.isNaN(number)) throw new Error('a task is a number')
      reply.update(task.taskId, 'TASK_FINISHED', { data: String(number ** 2) })
    },
    kill(taskId, _options, reply) {
      reply.update(taskId, 'TASK_KILLED')
    },
  })
  const error = await executor.ended
  process.exit(error === undefined ? 0 : 1)
}

async function schedule() {
  const server = await createServer({ port: 0, agents: [{ cpus: 2, mem: 512 }] })
  const executor = { id: 'squares', command: [process.execPath, import.meta.filename], cpus: 0.5 }
  const numbers = ['3', '4', 'five']
  let ended = 0
  const framework = connectScheduler(
    server.place,
    { name: 'squares' },
    {
      offers([offer], reply) {
        const tasks = numbers.splice(0).map((data) => ({ id: data, data, executor, cpus: 0.1 }))
        if (tasks.length === 0) reply.decline(offer)
        else reply.launch(offer, tasks)
      },
      update({ taskId, state, message, carried }, reply) {
        if (state === 'TASK_RUNNING') return
        const result = Buffer.from(carried?.data ?? '', 'base64').toString()
        console.log(`${taskId}: ${state} ${message ?? result}`)
        ended++
        if (ended === 3) reply.stop()
      },
    },
  )
  await framework.ended
  await server.close()
}
