/** A small generator with a seed: `next(least, most)` gives whole numbers, ends included. */
export function draws(seed: number): (least: number, most: number) => number {
  let state = seed
  return (least, most) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return least + (Math.floor(state / 65536) % (most - least + 1))
  }
}
