/** How long a pass may hold the event loop, in milliseconds. */
const longest = 8

/**
 * Makes a function to be awaited between label passes. It throws the signal's reason if that was aborted, and once in a while lets
 * timers and events run, so that an abort can arrive.
 */
export function createBreath(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now()
  return async () => {
    signal?.throwIfAborted()
    if (performance.now() - last < longest) return
    await new Promise((resolve) => setTimeout(resolve))
    last = performance.now()
    signal?.throwIfAborted()
  }
}
