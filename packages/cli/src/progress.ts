import type { Io } from './io.js'

/** A line on the terminal that is drawn over; nothing at all where standard error is not a terminal. */
export interface Progress {
  update(done: number, total: number): void
  /** Clears the line. */
  end(): void
}

const redrawEvery = 100 // milliseconds

/** `what` is said before the figures: `boot.png, cgi`. */
export function createProgress(io: Io, what: string, now: () => number = () => performance.now()): Progress {
  const line = createStatusLine(io, now)
  const start = now()
  return {
    update: (done, total) => line.say(`${what}: ${done}/${total} labels${left(done, total, now() - start)}`),
    end: line.end
  }
}

/** A line on the terminal that is drawn over at most ten times a second; nothing at all where standard error is not a terminal. */
export function createStatusLine(io: Io, now: () => number = () => performance.now()) {
  let drawn = -Infinity
  return {
    say(line: string): void {
      if (!io.terminal || now() - drawn < redrawEvery) return
      drawn = now()
      io.err(`\r\x1b[K${line}`)
    },
    /** Clears the line. */
    end(): void {
      if (drawn > -Infinity) io.err('\r\x1b[K')
      drawn = -Infinity
    }
  }
}

/** Time left at the speed so far; nothing before there is a speed. */
function left(done: number, total: number, elapsed: number): string {
  if (done === 0 || elapsed < 500) return ''
  return `, ${formatSeconds(((elapsed / done) * (total - done)) / 1000)} left`
}

/** `0.42 s`, `12 s`, `3 min 20 s` */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds) % 60} s`
}
