import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { createCpuEngine } from '../../lib/index.js'
import { randomTensor, range } from '../helpers.js'
import { slowNet } from '../models.js'

// Workers that load the addon are ended while their jobs run; the process must live on, and still compute.
const K = 1000
const input = randomTensor([1, 4, 48, 48])

async function work(): Promise<void> {
  const session = await createCpuEngine({ threads: 2 }).load(slowNet(K))
  const jobs = [
    session.contest(input, [range(K)], { onProgress: started }),
    session.vjp(input, { labels: [range(64)] })
  ]
  await Promise.all(jobs)
}

let told = false
function started(): void {
  if (!told) parentPort!.postMessage('started')
  told = true
}

async function endWorkers(delay: number | 'started'): Promise<void> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'work' })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  const ready = new Promise<void>((resolve) => {
    if (delay === 'started') worker.once('message', () => resolve())
    else worker.once('online', () => setTimeout(resolve, delay))
  })
  await Promise.race([ready, failed])
  await worker.terminate()
}

if (!isMainThread && workerData === 'work') await work()
else {
  for (const delay of ['started', 'started', 60, 150, 300] as const) await endWorkers(delay)
  const session = await createCpuEngine().load(slowNet(K))
  await endWorkers('started')
  const { data } = await session.forward(input)
  process.stdout.write(data.length === K ? 'alive' : 'wrong')
  if (process.argv.includes('exit')) {
    void session.contest(input, [range(K)], { onProgress: () => process.exit(7) })
  }
}
