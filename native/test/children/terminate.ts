import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { createCpuEngine, createCudaEngine } from '../../lib/index.js'
import { randomTensor, range } from '../helpers.js'
import { slowNet, smallNet } from '../models.js'

// Workers that load the addon are ended while their jobs run; the process must live on, and still compute. With AGON_CUDA, on the library that it names: a
// smaller net, for the host in the place of a GPU is slow.
const onCuda = process.env.AGON_CUDA !== undefined
const K = onCuda ? 200 : 1000
const input = randomTensor(onCuda ? [8, 3, 12, 12] : [1, 4, 48, 48])
const labels = range(input.shape[0]!).map(() => range(K))
const load = (threads?: number) =>
  onCuda
    ? createCudaEngine().load(smallNet(K))
    : createCpuEngine(threads === undefined ? {} : { threads }).load(slowNet(K))

async function work(): Promise<void> {
  const session = await load(2)
  const jobs = [
    session.contest(input, labels, { onProgress: started }),
    session.vjp(input, { labels: labels.map((of) => of.slice(0, 64)) })
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
  const session = await load()
  await endWorkers('started')
  const { data } = await session.forward(input)
  process.stdout.write(data.length === K * input.shape[0]! ? 'alive' : 'wrong')
  if (process.argv.includes('exit')) {
    void session.contest(input, labels, { onProgress: () => process.exit(7) })
  }
}
