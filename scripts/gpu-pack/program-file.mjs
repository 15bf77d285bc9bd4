// A program as bytes: all sizes up front, then all numbers; cuda/bench/program-file.cpp reads it and says what is where.
import { Buffer } from 'node:buffer'

const magic = Buffer.from('AGONPROG')
const version = 1
const [none, stored, drawn] = [0, 1, 2]

/**
 * `laws`: by value, the law by which the reader draws the numbers of a constant (draw.mjs), in place of its numbers.
 * Returns parts to be written one after the other.
 */
export function programParts({ sizes, constants, instructions, input, output }, laws = new Map()) {
  const tables = instructions.flatMap(({ tables }) => tables)
  const how = (value) => (!constants[value]?.length ? none : laws.has(value) ? drawn : stored)
  const head = [version, sizes.length, instructions.length, tables.length, input, output]
  const values = [...sizes].flatMap((size, value) => [size, how(value)])
  const counts = instructions.flatMap((each) => [
    each.kind,
    ...[each.inputs, each.outputs, each.ints, each.numbers, each.tables].map(({ length }) => length)
  ])
  const directory = [...head, ...values, ...counts, ...tables.map(({ length }) => length)]
  const numbers = constants.flatMap((constant, value) =>
    how(value) === none ? [] : how(value) === drawn ? lawParts(laws.get(value)) : [constant]
  )
  const parts = instructions.flatMap(({ inputs, outputs, ints, numbers, tables }) => [
    inputs,
    outputs,
    ints,
    numbers,
    ...tables
  ])
  return [magic, BigInt64Array.from(directory, BigInt), ...numbers, ...parts].map(bytesOf)
}

function lawParts({ seed, mean, deviation }) {
  return [Uint32Array.of(seed), Float32Array.of(mean, deviation)]
}

function bytesOf(array) {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}
