import { AgonError, type AgonErrorCode } from '@agon/core'
import type { Job, Progress } from './addon.js'

export interface RunOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: Progress
}

/**
 * Starts a job and waits for it, unless `start` has done its work already. Throws the signal's reason if it was aborted before the
 * end, what `onProgress` threw if it did (the job is then given up), and every error of the core as an AgonError of the same code.
 */
export async function runJob(
  start: (progress: Progress | undefined) => Job | undefined,
  options: RunOptions
): Promise<void> {
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  const failure: { cause?: unknown; failed: boolean } = { failed: false }
  const progress: Progress | undefined =
    onProgress &&
    ((done, total) => {
      if (failure.failed || signal?.aborted) return
      try {
        onProgress(done, total)
      } catch (cause) {
        Object.assign(failure, { cause, failed: true })
        job?.abort()
      }
    })
  const job = callCore(() => start(progress))
  if (job === undefined) return ended(signal)
  const abort = () => job.abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await job.promise
  } catch (error) {
    if (!failure.failed) throw isAborted(error) && signal?.aborted ? signal.reason : agonError(error)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  if (failure.failed) throw failure.cause
  signal?.throwIfAborted()
}

/** After a call that is done already. Whoever made it may still abort it before going on to wait for it. */
async function ended(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return
  await undefined
  signal.throwIfAborted()
}

/** Calls the core on this thread. Throws its errors as AgonErrors of the same codes. */
export function callCore<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw agonError(error)
  }
}

function isAborted(error: unknown): boolean {
  return codeOf(error) === 'AGON_ABORTED'
}

/** An error of the addon as an AgonError; one without a code is a defect. */
function agonError(error: unknown): AgonError {
  if (error instanceof AgonError) return error
  const what = error instanceof Error ? error.message : String(error)
  return new AgonError((codeOf(error) ?? 'AGON_INTERNAL') as AgonErrorCode, { what, cause: error })
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined
  return typeof code === 'string' && code.startsWith('AGON_') ? code : undefined
}
