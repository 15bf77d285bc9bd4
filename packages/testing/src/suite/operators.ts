import { sizeOf, type Engine, type Session, type Tensor } from '@agon/core'
import { expect } from './expect.js'
import { relativeError } from '../compare.js'
import { slopeAtZero } from '../finite-difference.js'
import { smoothStep, type OpCase } from '../op-cases/op-case.js'
import type { Checks } from './check.js'
import { randomTensor, withSession, type Subject } from './subject.js'

/** Every operator case against the oracle, and against finite differences of the engine's own forward pass. */
export function operatorChecks({ check }: Checks, { engine, oracle }: Subject, cases: readonly OpCase[]): void {
  for (const row of cases) {
    check(`${row.name}: forward`, async () => {
      const [own, expected] = await both(engine, oracle, row, (session) => session.forward(row.input(1, 2)))
      expect(own.shape).toEqual(expected.shape)
      expect(relativeError(own.data, expected.data)).toBeLessThan(row.tolerance)
    })
    check(`${row.name}: VJP`, async () => {
      const run = async (session: Session) => session.vjp(row.input(1, 2), await cotangentsFor(session, row, 3, 2))
      const [own, expected] = await both(engine, oracle, row, run)
      expect(own.shape).toEqual(expected.shape)
      expect(relativeError(own.data, expected.data)).toBeLessThan(row.tolerance)
    })
    if (row.smooth) check(`${row.name}: finite differences`, () => finiteDifferences(engine, row))
  }
}

function both(engine: Engine, oracle: Engine, row: OpCase, run: (session: Session) => Promise<Tensor>) {
  return Promise.all([withSession(engine, row.model, run), withSession(oracle, row.model, run)])
}

/** Random cotangents `[L, N, ...output]`. */
async function cotangentsFor(session: Session, row: OpCase, count: number, examples: number): Promise<Tensor> {
  const { shape } = await session.forward(row.input(1, examples))
  return randomTensor([count, ...shape], 3)
}

/** u . f(x + t d) at t = 0 has the slope (VJP of u) . d; rounding in float32 leaves about 1e-4 of the largest possible slope. */
async function finiteDifferences(engine: Engine, row: OpCase): Promise<void> {
  await withSession(engine, row.model, async (session) => {
    const input = row.input(1)
    const cotangent = await cotangentsFor(session, row, 1, 1)
    const direction = randomTensor(input.shape, 4).data.map((value) => Math.sign(value))
    const gradient = (await session.vjp(input, cotangent)).data
    const along = async (t: number): Promise<number> => {
      const moved = input.data.map((value, i) => value + t * direction[i]!)
      return dot((await session.forward({ shape: input.shape, data: moved })).data, cotangent.data)
    }
    const slope = await slopeAtZero(along, smoothStep / 2)
    const output = (await session.forward(input)).data
    const rounding = (2e-6 * output.reduce((sum, y, i) => sum + Math.abs(y * cotangent.data[i]!), 0)) / smoothStep
    const largest = gradient.reduce((sum, value) => sum + Math.abs(value), 0)
    expect(sizeOf(input.shape)).toBe(gradient.length)
    expect(Math.abs(slope - dot(gradient, direction))).toBeLessThan(5e-3 * largest + rounding + 1e-9)
  })
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
