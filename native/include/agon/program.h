#pragma once
#include <cstdint>
#include <vector>

/// A program: what a model becomes at a fixed input shape for one example. Elements of a value are counted in row-major order, and all
/// geometry is precomputed in int32 tables, so the core knows instructions and nothing of ONNX. Instructions are in topological order;
/// every value is written by at most one instruction. "Constant" below means Value::constant is not empty.
namespace agon {

// Per kind: inputs -> outputs; ints; numbers; tables. e is an element index, [] an array's extent, (x) may be absent (missing at the end, or id -1).
enum class Kind : int32_t {
  /// x -> y. y[e] = x[e].
  Alias,
  /// x -> y. numbers: pad value. tables: source[y], y[e] = x[source[e]], or the pad value where source[e] = -1.
  Gather,
  /// x0 x1 ... -> y. tables: one per input, place[xj], y[place[e]] = xj[e]; together the tables hit every element of y once.
  Concat,
  /// x -> y, weighted window sums. ints: planes, strideIn, strideOut. tables: offsets[windows + 1], sources. numbers: one weight per source (empty: all 1).
  /// y[p strideOut + o] = sum over k in offsets[o] .. offsets[o+1]-1 of weight[k] x[p strideIn + sources[k]].
  Sum,
  /// x -> y, window maximum, the first one wins and gets the whole derivative. ints, tables as Sum. Every window has a source.
  Max,
  /// x -> y, window maximum (ints[3] = 0) or minimum (ints[3] = 1) whose derivative is split evenly among equals. ints[0..2], tables as Sum.
  MaxShare,
  /// x, constant w [Co, Ci/groups, taps], (constant b [Co]) -> y [Co, positionsOut]. ints: groups, Ci, Co, positionsIn, positionsOut, taps.
  /// tables: offsets[positionsOut + 1], tap, position; an output position has a tap at most once. y[co,o] = b[co] + sum over k in offsets[o].. and ci of x[ci,position[k]] w[co,ci,tap[k]].
  Conv,
  /// x, constant w [Ci, Co/groups, taps], (constant b [Co]) -> y. ints as Conv. tables: offsets[positionsIn + 1], tap, position (output positions):
  /// y[co,position[k]] += x[ci,i] w[ci,co,tap[k]] for k in offsets[i]...
  ConvTranspose,
  /// a, b, (c) -> y [batch, m, n] = alpha op(a) op(b) + beta c. ints: batch, m, k, n, transA, transB. numbers: alpha, beta.
  /// tables: aBatch[batch], bBatch[batch] (which matrix of a and b), (cMap[y]: element of c; empty = the same element). a is matrices of [m,k] (transA: [k,m]).
  MatMul,
  /// x -> y. ints: Function. numbers: its parameters (scalar.h). y[e] = f(x[e]).
  Unary,
  /// a, b -> y. ints: Function. tables: mapA[y], mapB[y] (empty = the same element). y[e] = f(a[mapA[e]], b[mapB[e]]).
  Binary,
  /// cond, a, b -> y. tables: mapC, mapA, mapB (empty = the same element). y[e] = cond != 0 ? a : b.
  Select,
  /// x, constant scale, constant shift -> y. tables: map[y]. y[e] = x[e] scale[map[e]] + shift[map[e]].
  Affine,
  /// x, (constant scale), (constant shift) -> y. ints: groups, extent (x is [groups][extent]). numbers: epsilon. tables: map[y] (element of scale and shift).
  /// y = (x - mean) / sqrt(variance + epsilon) per group, then times scale[map[e]], plus shift[map[e]].
  Normalize,
  /// x [channels, positions] -> y, local response normalisation over channels. ints: channels, positions, size. numbers: alpha, beta, bias.
  Lrn,
  /// x [outer, extent, inner] -> y. ints: outer, extent, inner.
  Softmax,
  LogSoftmax,
  /// table [outer, axisExtent, inner], indices [count] (floats, negative counts from the end) -> y [outer, count, inner]. ints: outer, axisExtent, inner.
  Lookup,
  /// x -> y. y[e] = x[e]; no cotangent goes back.
  Detach,
  /// value, path -> y. y[e] = value[e]; the cotangent of y goes to path.
  Through,
  /// x -> y. y[e] = x[e]; max(cotangent, 0) goes back, label by label.
  Rectify,
  /// x -> y, smooth window maximum. ints[0..2], tables as Sum; ints[3]: 1 = of the mean, 0 = of the sum. numbers: temperature t > 0. Every window has a source.
  /// y = log(sum over the window of exp(t x)) / t, or log(mean ...) / t.
  LogSumExp
};

/// `constant` is empty unless the value is constant.
struct Value {
  int64_t size = 0;
  std::vector<float> constant;
};

struct Instruction {
  Kind kind = Kind::Alias;
  std::vector<int32_t> inputs, outputs;
  std::vector<int32_t> ints;
  std::vector<float> numbers;
  std::vector<std::vector<int32_t>> tables;
};

struct Program {
  std::vector<Value> values;
  std::vector<Instruction> instructions;
  int32_t input = 0;
  int32_t output = 0;
};

}  // namespace agon
