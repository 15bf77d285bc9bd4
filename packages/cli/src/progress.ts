import type { Io } from './io.js'

/** A line on the terminal that is drawn over; nothing at all where standard error is not a terminal. */
export interface Line {
  /** At most ten times a second; what comes between is not drawn. */
  draw(text: () => string): void
  /** Clears the line. */
  end(): void
}

/** The same for work whose labels are counted. */
export interface Progress {
  update(done: number, total: number): void
  /** Clears the line. */
  end(): void
}

const redrawEvery = 100 // milliseconds

export function createLine(io: Io, now: () => number = () => performance.now()): Line {
  if (!io.terminal) return { draw: () => undefined, end: () => undefined }
  let drawn = -Infinity
  return {
    draw(text) {
      if (now() - drawn < redrawEvery) return
      drawn = now()
      io.err(`\r\x1b[K${text()}`)
    },
    end() {
      if (drawn > -Infinity) io.err('\r\x1b[K')
      drawn = -Infinity
    }
  }
}

/** `what` is said before the figures: `boot.png, cgi`. */
export function createProgress(io: Io, what: string, now: () => number = () => performance.now()): Progress {
  const line = createLine(io, now)
  const start = now()
  return {
    update: (done, total) => line.draw(() => `${what}: ${done}/${total} labels${left(done, total, now() - start)}`),
    end: () => line.end()
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
