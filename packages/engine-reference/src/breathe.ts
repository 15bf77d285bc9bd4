/**
 * Lets timers and events run between two label passes, so that an abort can arrive; then throws the signal's reason if it has.
 */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise((resolve) => setTimeout(resolve))
  signal?.throwIfAborted()
}
