import type { BackwardRules, Rule } from '@agon/core'
import { ruleDefinitions, schemaOf, specialize } from '@agon/graph'
import { opCases } from './op-cases.js'
import type { OpCase } from './op-cases/op-case.js'

/** One rule at one operator. */
export interface RuleCase {
  /** `gamma at Conv: 2-d` */
  readonly name: string
  readonly of: OpCase
  readonly rules: BackwardRules
}

/** Operators at which the rules of LRP differ. */
const layers = 'Conv ConvTranspose Gemm MatMul'.split(' ')
const sums = 'Mul Div BatchNormalization Add Sub Sum AveragePool GlobalAveragePool ReduceMean ReduceSum'.split(' ')
const lrp: readonly Rule[] = [
  'zero',
  { rule: 'epsilon', epsilon: 0.01 },
  'gamma',
  'alpha-beta',
  'z-plus',
  'w-square',
  'flat',
  { rule: 'z-box', low: -4, high: 4 }
]
const policies: readonly Rule[] = (['ignore', 'spread'] as const).flatMap((bias): readonly Rule[] => [
  { rule: 'epsilon', epsilon: 0.01, bias },
  { rule: 'gamma', bias, stabiliser: 0.01 },
  { rule: 'alpha-beta', bias, stabiliser: 0.01 },
  { rule: 'z-plus', bias, stabiliser: 0.01 }
])

/** Every rule at every operator that has it, once; composites and products go by what they are made of. */
export const ruleCases: readonly RuleCase[] = [
  ...layers.flatMap((op) => [...lrp, ...policies].map((rule) => atEvery(rule, caseOf(op)))),
  ...sums.flatMap((op) =>
    ['zero', 'gamma', 'flat', { rule: 'epsilon', epsilon: 0.01, bias: 'spread' }].map((rule) =>
      atEvery(rule, caseOf(op))
    )
  ),
  ...operatorsOf('epsilon')
    .filter((op) => !layers.includes(op) && !sums.includes(op) && op !== 'Softmax' && op !== 'LogSoftmax')
    .map((op) => atEvery({ rule: 'epsilon', epsilon: 0.01 }, caseOf(op))),
  ...['guided', 'deconvnet'].flatMap((rule) => operatorsOf(rule).map((op) => atOperator(rule, op)))
]

function operatorsOf(rule: string): readonly string[] {
  return Object.keys(ruleDefinitions.get(rule)!.rewritings)
}

/** The first case of an operator that depends on the input and has it after specialization. */
function caseOf(op: string): OpCase {
  const ofOp = opCases.filter((row) => row.op === op)
  const kept = ofOp.find((row) => specialize(row.model, row.inputShape).nodes.some((node) => node.op === op))
  if (schemaOf(op) === undefined || kept === undefined) throw new Error(`no case of operator '${op}'`)
  return kept
}

function atEvery(rule: Rule, of: OpCase): RuleCase {
  const name = `${typeof rule === 'string' ? rule : JSON.stringify(rule)} at ${of.name}`
  return { name, of, rules: { composite: rule, carries: 'relevance' } }
}

function atOperator(rule: string, op: string): RuleCase {
  return { name: `${rule} at ${op}`, of: caseOf(op), rules: { byOp: { [op]: rule } } }
}
