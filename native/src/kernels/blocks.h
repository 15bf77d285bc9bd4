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

/// What a register block works on: a stretch of terms, and whether it goes on from what earlier stretches left in `out`. `next` more terms come after it.
template <class Terms>
struct Stretch {
  Terms terms;
  int64_t count, next;
  bool goesOn;
  Planes planes;
};

/// Terms as pointers, and as indices. Output `at` takes scalar(t, of) with of = scalarsOf(at), which stays in a register: one address less to add up per
/// product and term, which counts where another process runs on the other half of the core.
struct TermPointers {
  static constexpr bool areFetched = false;
  const Term* terms;
  int64_t shift;
  const float* row(int64_t t) const { return terms[t].row + shift; }
  int64_t scalarsOf(int32_t at) const { return at; }
  float scalar(int64_t t, int64_t of) const { return terms[t].scalars[of]; }
  TermPointers from(int64_t t) const { return {terms + t, shift}; }
  TermPointers shifted(int64_t floats) const { return {terms, floats}; }
};
struct TermIndices {
  static constexpr bool areFetched = false;
  const float *first, *base;
  const int32_t *index, *place;
  const float* row(int64_t t) const { return base + static_cast<int64_t>(place[t]) * planeLanes; }
  const float* scalarsOf(int32_t at) const { return first + at; }
  float scalar(int64_t t, const float* of) const { return of[index[t]]; }
  TermIndices from(int64_t t) const { return {first, base, index + t, place + t}; }
  TermIndices shifted(int64_t floats) const { return {first, base + floats, index, place}; }
};
/// Terms whose rows lie `rowStride` floats apart and whose scalars `stride`: no indices to read.
struct TermStrides {
  static constexpr bool areFetched = true;
  const float *first, *base;
  int64_t stride, rowStride;
  const float* row(int64_t t) const { return base + t * rowStride; }
  const float* scalarsOf(int32_t at) const { return first + at; }
  float scalar(int64_t t, const float* of) const { return of[t * stride]; }
  TermStrides shifted(int64_t floats) const { return {first, base + floats, stride, rowStride}; }
};
/// Whether each of two or more values is as far from the one before as the second from the first.
inline bool isEven(const int32_t* value, int32_t count) {
  const auto expected = [first = static_cast<uint32_t>(value[0]), step = static_cast<uint32_t>(value[1]) - static_cast<uint32_t>(value[0])](int32_t t) {
    return first + step * static_cast<uint32_t>(t);
  };
  uint32_t other = static_cast<uint32_t>(value[count - 1]) ^ expected(count - 1);
  for (int32_t from = 0; other == 0 && from < count; from += 16)
    for (int32_t t = from; t < (count - from < 16 ? count : from + 16); t++) other |= static_cast<uint32_t>(value[t]) ^ expected(t);
  return other == 0;
}

/// How far register `vector` of a row lies from its first one, for planes `step` floats apart.
inline int64_t placeOf(int vector, int64_t step) { return vector / planeVectors * step + vector % planeVectors * AGON_WIDTH; }

/// Register blocks of R outputs x V registers of lanes, from register `first` to `last`. Whichever side is smaller is held in registers.
/// Not inlined: amid other code the compiler would keep `scalars` in memory.
template <int R, int V, class Terms>
__attribute__((noinline)) void block(const Stretch<Terms>& of, const int32_t* at, float* const* out, int first, int last) {
  const int64_t count = of.count, in = of.planes.in, to = of.planes.out;
  const bool goesOn = of.goesOn;
  decltype(of.terms.scalarsOf(0)) scalars[R];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) scalars[r] = of.terms.scalarsOf(at[r]);
  for (; first < last; first += V) {
    const Terms terms = of.terms.shifted(placeOf(first, in));
    const int64_t toFirst = placeOf(first, to);
    Vector sum[R][V] = {};
    if (goesOn) {
#pragma GCC unroll 16
      for (int r = 0; r < R; r++)
#pragma GCC unroll 16
        for (int v = 0; v < V; v++) sum[r][v] = load(out[r] + toFirst + placeOf(v, to));
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
          const Vector value = load(row + placeOf(v, in));
#pragma GCC unroll 16
          for (int r = 0; r < R; r++) sum[r][v] = multiplyAdd(scalar[r], value, sum[r][v]);
        }
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; r++)
#pragma GCC unroll 16
      for (int v = 0; v < V; v++) store(out[r] + toFirst + placeOf(v, to), sum[r][v]);
  }
}

/// Registers per row of a block of R outputs: the widest power of two that the register file holds beside the smaller operand.
constexpr int vectorsFor(int outputs) {
  int most = 1;
  for (int v = 2; v <= 4 * planeVectors; v *= 2)
    if (outputs * v + (outputs < v ? outputs : v) + 1 <= AGON_REGISTERS) most = v;
  return most;
}

/// The most outputs of a block whose rows take a whole plane (or two registers, where a plane is more than the registers hold).
constexpr int mostOutputs() {
  int most = 1;
  for (int r = 2; r <= 8; r++)
    if (vectorsFor(r) >= AGON_LEAST_VECTORS) most = r;
  return most;
}

/// All registers of the lanes from `first` on.
template <int R, int V, class Terms>
void lanesOf(const Stretch<Terms>& of, const int32_t* at, float* const* out, int first) {
  const int vectors = of.planes.count * planeVectors;
  const int last = first + (vectors - first) / V * V;
  if (first < last) block<R, V>(of, at, out, first, last);
  first = last;
  if constexpr (V > 1) {
    if (first < vectors) lanesOf<R, V / 2>(of, at, out, first);
  }
}

/// Runs a block of 1 <= outputs <= R.
template <int R, class Terms>
void blockOf(int64_t outputs, const Stretch<Terms>& of, const int32_t* at, float* const* out) {
  if constexpr (R > 1) {
    if (outputs < R) return blockOf<R - 1>(outputs, of, at, out);
  }
  lanesOf<R, vectorsFor(R)>(of, at, out, 0);
}

/// Blocks of equal height over sums begin .. end-1; sum i goes to outOf(i). Each fetches its share of the rows that the next stretch
/// reads, where all of them are read: of a few among many, most are in the cache.
template <class Terms, class OutOf>
void blocks(const Stretch<Terms>& of, const int32_t* at, int64_t begin, int64_t end, OutOf outOf) {
  constexpr int most = mostOutputs();
  const int64_t count = (end - begin + most - 1) / most;
  for (int64_t b = 0, from = begin; b < count; b++) {
    if constexpr (Terms::areFetched) {
      for (int64_t t = of.next * b / count; t < of.next * (b + 1) / count; t++)
        for (int p = 0; p < of.planes.count; p++) __builtin_prefetch(of.terms.row(of.count + t) + p * of.planes.in);
    }
    const int64_t height = (end - from + count - b - 1) / (count - b);
    float* out[most];
    for (int64_t r = 0; r < height; r++) out[r] = outOf(from + r);
    blockOf<most>(height, of, at + from, out);
    from += height;
  }
}

template <class OutOf>
void group(const Stretch<TermPointers>& of, const int32_t* at, int64_t begin, int64_t end, OutOf outOf) {
  blocks(of, at, begin, end, outOf);
}
template <class OutOf>
void group(const Stretch<TermIndices>& of, const int32_t* at, int64_t begin, int64_t end, OutOf outOf) {
  const TermIndices& terms = of.terms;
  const int32_t count = static_cast<int32_t>(of.count);
  if (count < 2 || !isEven(terms.place, count) || !isEven(terms.index, count)) return blocks(of, at, begin, end, outOf);
  const TermStrides even = {terms.first + terms.index[0], terms.row(0), terms.index[1] - terms.index[0], terms.row(1) - terms.row(0)};
  blocks(Stretch<TermStrides>{even, of.count, of.next, of.goesOn, of.planes}, at, begin, end, outOf);
}

/// All sums: the terms stretch by stretch for every group of sums.
template <class Terms, class OutOf>
void sumUp(const Terms& terms, int64_t count, const int32_t* at, int64_t sums, const Planes& planes, OutOf outOf) {
  for (int64_t first = 0; first < sums; first += groupOutputs) {
    const int64_t end = sums - first < groupOutputs ? sums : first + groupOutputs;
    for (int64_t from = 0; from == 0 || from < count; from += stretchTerms) {
      const int64_t left = count - from;
      const int64_t now = left < stretchTerms ? left : stretchTerms, next = left - now < stretchTerms ? left - now : stretchTerms;
      const Stretch<Terms> of = {terms.from(from), now, next, planes.goesOn || from > 0, planes};
      group(of, at, first, end, outOf);
    }
  }
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
