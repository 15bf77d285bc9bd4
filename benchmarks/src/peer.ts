import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { peerEnvironment, workspace } from './places.js'
import { complaint, start } from './processes.js'
import type { Sample } from './statistics.js'

/** `torch` and `jax` compute all-label maps, `captum` attributions. */
export type Family = 'torch' | 'jax' | 'captum'

/** A Python process that holds one model and times it on request. */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>
  sample(spec: string, n: number, seconds: number): Promise<Sample>
  /** Largest resident memory so far. */
  peak(): Promise<number>
  stop(): void
}

export interface PeerOptions {
  readonly python: string
  /** The folder of peers. */
  readonly folder: string
  readonly family: Family
  readonly model: string
  readonly threads: number
}

/** Starts a peer and waits until it has its model. Throws an error with its reason, for instance that torch is missing. */
export async function startPeer({ python, folder, family, model, threads }: PeerOptions): Promise<Peer> {
  const args = [join(workspace, 'peers', 'serve.py'), folder, family, model, String(threads)]
  const env = { ...process.env, ...peerEnvironment(threads) }
  const child = start(python, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
  const ask = conversation(child)
  const { versions } = (await ask(undefined)) as { versions: Record<string, string> }
  return {
    versions,
    sample: async (spec, n, seconds) => (await ask({ do: 'time', spec, n, seconds })) as unknown as Sample,
    peak: async () => ((await ask({ do: 'peak' })) as { peak_mb: number }).peak_mb,
    stop: () => void child.kill('SIGKILL')
  }
}

type Answer = Readonly<Record<string, unknown>>

/** One request at a time, one line of JSON each way; the first answer comes unasked. */
function conversation(child: ChildProcess): (request: object | undefined) => Promise<Answer> {
  let stderr = ''
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  const fail = (reason: string) => waiting?.reject(new Error(complaint(stderr) ?? reason))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-10_000)))
  child.stdin!.on('error', () => fail('the peer ended'))
  child.on('error', (error) => fail(`could not be started: ${error.message}`))
  child.on('close', (code, signal) => fail(`the peer ended with ${signal ?? `exit code ${code}`}`))
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const answer = JSON.parse(text) as Answer
    if (typeof answer['error'] === 'string') waiting?.reject(new Error(answer['error']))
    else waiting?.resolve(answer)
  })
  return (request) =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) return reject(new Error(complaint(stderr) ?? 'the peer has ended'))
      waiting = { resolve, reject }
      if (request !== undefined) child.stdin!.write(`${JSON.stringify(request)}\n`)
    })
}
