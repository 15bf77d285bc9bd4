// Register blocks: outputs times registers of lanes. Included by hot.h.

namespace agon {
namespace AGON_ISA {
namespace {

/// A plane of a row is one cache line: this many registers.
constexpr int planeVectors = planeLanes / AGON_WIDTH;
/// Terms whose rows and scalars stay in the first cache while a group of outputs takes them.
constexpr int64_t stretchTerms = AGON_STRETCH;
/// Outputs whose rows stay near while all stretches are added to them.
constexpr int64_t groupOutputs = 48;

/// What a register block works on: a stretch of terms, and whether it goes on from what earlier stretches left in the outputs.
template <class Terms>
struct Stretch {
  Terms terms;
  int64_t count;
  bool goesOn;
  Planes planes;
};

/// Terms as pointers, and as indices. Output `at` takes scalar(t, of) with of = scalarsOf(at), which stays in a register: one address less to add up per
/// product and term, which counts where another process runs on the other half of the core.
struct TermPointers {
  const Term* terms;
  int64_t shift;
  const float* row(int64_t t) const { return terms[t].row + shift; }
  int64_t scalarsOf(int32_t at) const { return at; }
  float scalar(int64_t t, int64_t of) const { return terms[t].scalars[of]; }
  TermPointers from(int64_t t) const { return {terms + t, shift}; }
  TermPointers shifted(int64_t floats) const { return {terms, floats}; }
};
struct TermIndices {
  const float *first, *base;
  const int32_t *index, *place;
  const float* row(int64_t t) const { return base + static_cast<int64_t>(place[t]) * planeLanes; }
  const float* scalarsOf(int32_t at) const { return first + at; }
  float scalar(int64_t t, const float* of) const { return of[index[t]]; }
  TermIndices from(int64_t t) const { return {first, base, index + t, place + t}; }
  TermIndices shifted(int64_t floats) const { return {first, base + floats, index, place}; }
};

/// Where sum i goes: to pointers, and to neighbouring rows.
struct OutputPointers {
  float* const* out;
  float* row(int64_t i) const { return out[i]; }
};
struct OutputRows {
  float* rows;
  float* row(int64_t i) const { return rows + i * planeLanes; }
};

/// How far register `vector` of a row lies from its first one, for planes `step` floats apart.
inline int64_t placeOf(int vector, int64_t step) { return vector / planeVectors * step + vector % planeVectors * AGON_WIDTH; }

/// Register blocks of R outputs x V registers of lanes: sums begin .. end-1, R at a time, from register `low` to `high`. Whichever side is smaller is held in
/// registers. Not inlined: amid other code the compiler would keep `scalars` in memory.
template <int R, int V, class Terms, class Outputs>
__attribute__((noinline)) void block(const Stretch<Terms>& of, const int32_t* at, Outputs outputs, int64_t begin, int64_t end, int low, int high) {
  const int64_t count = of.count, in = of.planes.in, to = of.planes.out;
  for (int64_t i = begin; i < end; i += R) {
    decltype(of.terms.scalarsOf(0)) scalars[R];
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) scalars[r] = of.terms.scalarsOf(at[i + r]);
    for (int first = low; first < high; first += V) {
      const Terms terms = of.terms.shifted(placeOf(first, in));
      const int64_t toFirst = placeOf(first, to);
      Vector sum[R][V] = {};
      if (of.goesOn) {
#pragma GCC unroll 16
        for (int r = 0; r < R; r++)
#pragma GCC unroll 16
          for (int v = 0; v < V; v++) sum[r][v] = load(outputs.row(i + r) + toFirst + placeOf(v, to));
      }
      for (int64_t t = 0; t < count; t++) {
        const float* row = terms.row(t);
        if constexpr (V <= R) {
          Vector value[V];
#pragma GCC unroll 16
          for (int v = 0; v < V; v++) value[v] = load(row + placeOf(v, in));
#pragma GCC unroll 16
          for (int r = 0; r < R; r++) {
            const Vector scalar = all(terms.scalar(t, scalars[r]));
#pragma GCC unroll 16
            for (int v = 0; v < V; v++) sum[r][v] = multiplyAdd(scalar, value[v], sum[r][v]);
          }
        } else {
          Vector scalar[R];
#pragma GCC unroll 16
          for (int r = 0; r < R; r++) scalar[r] = all(terms.scalar(t, scalars[r]));
#pragma GCC unroll 16
          for (int v = 0; v < V; v++) {
            Vector value = load(row + placeOf(v, in));
            if (R > 1) asm("" : AGON_BARRIER(value));  // else the compiler would load it again for every output
#pragma GCC unroll 16
            for (int r = 0; r < R; r++) sum[r][v] = multiplyAdd(scalar[r], value, sum[r][v]);
          }
        }
      }
#pragma GCC unroll 16
      for (int r = 0; r < R; r++)
#pragma GCC unroll 16
        for (int v = 0; v < V; v++) store(outputs.row(i + r) + toFirst + placeOf(v, to), sum[r][v]);
    }
  }
}

/// Registers per row of a block of R outputs: the widest power of two that the register file holds beside the smaller operand.
constexpr int vectorsFor(int outputs) {
  int most = 1;
  for (int v = 2; v <= 4 * planeVectors; v *= 2)
    if (outputs * v + (outputs < v ? outputs : v) + 1 <= AGON_REGISTERS) most = v;
  return most;
}

/// Outputs of a block whose rows take one register, which is all that few labels have: as many sums under way as multipliers and loads are quick.
constexpr int tallest = 12;

/// The most outputs of a block whose rows take a whole plane (or two registers, where a plane is more than the registers hold).
constexpr int mostOutputs() {
  int most = 1;
  for (int r = 2; r <= 8; r++)
    if (vectorsFor(r) >= AGON_LEAST_VECTORS) most = r;
  return most;
}

/// All registers of the lanes from `low` on.
template <int R, int V, class Terms, class Outputs>
void lanesOf(const Stretch<Terms>& of, const int32_t* at, const Outputs& outputs, int64_t begin, int64_t end, int low) {
  const int vectors = of.planes.count * planeVectors;
  const int high = low + (vectors - low) / V * V;
  if (low < high) block<R, V>(of, at, outputs, begin, end, low, high);
  if constexpr (V > 1) {
    if (high < vectors) lanesOf<R, V / 2>(of, at, outputs, begin, end, high);
  }
}

/// Runs blocks of 1 <= height <= R.
template <int R, class Terms, class Outputs>
void blockOf(int64_t height, const Stretch<Terms>& of, const int32_t* at, const Outputs& outputs, int64_t begin, int64_t end) {
  if (begin == end) return;
  if constexpr (R > 1) {
    if (height < R) return blockOf<R - 1>(height, of, at, outputs, begin, end);
  }
  lanesOf<R, vectorsFor(R)>(of, at, outputs, begin, end, 0);
}

/// Blocks of nearly equal height, `most` sums at most, over sums begin .. end-1.
template <int most, class Terms, class Outputs>
void blocksOf(const Stretch<Terms>& of, const int32_t* at, int64_t begin, int64_t end, const Outputs& outputs) {
  if (begin == end) return;
  const int64_t sums = end - begin, blocks = (sums + most - 1) / most, height = (sums + blocks - 1) / blocks, lower = blocks * height - sums;
  const int64_t turn = begin + (blocks - lower) * height;
  blockOf<most>(height, of, at, outputs, begin, turn);
  blockOf<most>(height - 1, of, at, outputs, turn, end);
}

template <class Terms, class Outputs>
void group(const Stretch<Terms>& of, const int32_t* at, int64_t begin, int64_t end, const Outputs& outputs) {
  if constexpr (planeVectors == 1) {
    if (of.planes.count == 1) return blocksOf<tallest>(of, at, begin, end, outputs);
  }
  blocksOf<mostOutputs()>(of, at, begin, end, outputs);
}

/// All sums: the terms stretch by stretch for every group of sums.
template <class Terms, class Outputs>
void sumUp(const Terms& terms, int64_t count, const int32_t* at, int64_t sums, const Planes& planes, const Outputs& outputs) {
  for (int64_t first = 0; first < sums; first += groupOutputs) {
    const int64_t end = sums - first < groupOutputs ? sums : first + groupOutputs;
    for (int64_t from = 0; from == 0 || from < count; from += stretchTerms) {
      const int64_t left = count - from;
      const Stretch<Terms> of = {terms.from(from), left < stretchTerms ? left : stretchTerms, planes.goesOn || from > 0, planes};
      group(of, at, first, end, outputs);
    }
  }
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
