import { numberAttribute, textAttribute } from '@agon/graph'
import { erf } from '../math/erf.js'
import { normalDensity, normalDistribution, sigmoid, softclip, softclipSlope, softplus } from '../math/stable.js'
import type { OperatorTable } from './operator.js'
import { smooth, type ScalarFunction } from './unary.js'

/**
 * Activation functions. At a kink the derivative is PyTorch's: Relu'(0) = 0, LeakyRelu'(0) = alpha, Elu'(0) = Celu'(0) =
 * its left limit, HardSigmoid and HardSwish flat at both ends.
 */
export const activations: OperatorTable = {
  Relu: smooth(() => ({ value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) })),

  LeakyRelu: smooth((context) => {
    const alpha = numberAttribute(context.node, 'alpha')
    return { value: (x) => (x > 0 ? x : alpha * x), slope: (x) => (x > 0 ? 1 : alpha) }
  }),

  ThresholdedRelu: smooth((context) => {
    const alpha = numberAttribute(context.node, 'alpha')
    return { value: (x) => (x > alpha ? x : 0), slope: (x) => (x > alpha ? 1 : 0) }
  }),

  Elu: smooth((context) => exponentialLinear(numberAttribute(context.node, 'alpha'), 1, 1)),

  Selu: smooth((context) =>
    exponentialLinear(numberAttribute(context.node, 'alpha'), numberAttribute(context.node, 'gamma'), 1)
  ),

  Celu: smooth((context) => {
    const alpha = numberAttribute(context.node, 'alpha')
    return exponentialLinear(alpha, 1, 1 / alpha)
  }),

  Sigmoid: smooth(() => ({ value: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) })),

  HardSigmoid: smooth((context) => {
    const alpha = numberAttribute(context.node, 'alpha')
    const beta = numberAttribute(context.node, 'beta')
    return {
      value: (x) => Math.min(1, Math.max(0, alpha * x + beta)),
      slope: (x) => (alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0)
    }
  }),

  // x HardSigmoid(x; alpha = 1/6, beta = 1/2)
  HardSwish: smooth(() => ({
    value: (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
    slope: (x) => (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1)
  })),

  Tanh: smooth(() => ({ value: Math.tanh, slope: (x) => 1 / Math.cosh(x) ** 2 })),

  Softplus: smooth(() => ({ value: softplus, slope: sigmoid })),

  Softclip: smooth(({ node }) => {
    const beta = numberAttribute(node, 'beta')
    const [min, max] = [node.attributes['min'] ?? -Infinity, node.attributes['max'] ?? Infinity].map(Number)
    return { value: (x) => softclip(x, beta, min!, max!), slope: (x) => softclipSlope(x, beta, min!, max!) }
  }),

  Softsign: smooth(() => ({ value: (x) => x / (1 + Math.abs(x)), slope: (x) => 1 / (1 + Math.abs(x)) ** 2 })),

  Gelu: smooth((context) => (textAttribute(context.node, 'approximate') === 'tanh' ? geluTanh : geluErf)),

  Erf: smooth(() => ({ value: erf, slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) })),

  // x tanh(softplus(x))
  Mish: smooth(() => ({
    value: (x) => x * Math.tanh(softplus(x)),
    slope: (x) => Math.tanh(softplus(x)) + (x * sigmoid(x)) / Math.cosh(softplus(x)) ** 2
  }))
}

/** gamma x where x > 0, else gamma alpha (exp(rate x) - 1): Elu (rate 1), Selu (rate 1), Celu (rate 1 / alpha). */
function exponentialLinear(alpha: number, gamma: number, rate: number): ScalarFunction {
  return {
    value: (x) => gamma * (x > 0 ? x : alpha * Math.expm1(rate * x)),
    slope: (x) => gamma * (x > 0 ? 1 : alpha * rate * Math.exp(rate * x))
  }
}

/** x Phi(x), Phi the distribution function of the standard normal (Hendrycks & Gimpel 2016, arXiv 1606.08415). */
const geluErf: ScalarFunction = {
  value: (x) => x * normalDistribution(x),
  slope: (x) => normalDistribution(x) + x * normalDensity(x)
}

/** x (1 + tanh(u)) / 2 = x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3); the sigmoid does not cancel. */
const geluTanh: ScalarFunction = {
  value: (x) => x * sigmoid(2 * geluArgument(x)),
  slope: (x) => {
    const u = geluArgument(x)
    const slopeOfU = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)
    return sigmoid(2 * u) + x * sigmoid(2 * u) * sigmoid(-2 * u) * 2 * slopeOfU
  }
}

function geluArgument(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)
}
