// Included by hot.h, once per instruction set: few terms that are added to many rows.

namespace agon {
namespace AGON_ISA {
namespace {

/// Terms whose rows stay in registers beside a sum and a scalar, and whose addresses do so, too.
constexpr int termsAtOnce() {
  constexpr int fits = (AGON_REGISTERS - planeVectors - 1) / planeVectors;
  return fits < 8 ? fits : 8;
}

/// T terms, plane by plane.
template <int T>
__attribute__((noinline)) void scatterTerms(const Terms& terms, const SpreadSums& sums, const Planes& planes) {
  const float* scalars[T];
#pragma GCC unroll 16
  for (int t = 0; t < T; t++) scalars[t] = terms.scalars + terms.scalar[t];
  for (int p = 0; p < planes.count; p++) {
    Vector row[T][planeVectors];
#pragma GCC unroll 16
    for (int t = 0; t < T; t++)
#pragma GCC unroll 16
      for (int v = 0; v < planeVectors; v++) row[t][v] = load(terms.rows + int64_t{terms.place[t]} * planeLanes + p * planes.in + v * AGON_WIDTH);
    float* const to = sums.rows + p * planes.out;
    for (int64_t i = 0; i < sums.count; i++) {
      const int64_t shift = sums.shift[i];
      float* const out = to + int64_t{sums.at[i]} * planeLanes;
      Vector sum[planeVectors];
#pragma GCC unroll 16
      for (int v = 0; v < planeVectors; v++) sum[v] = load(out + v * AGON_WIDTH);
#pragma GCC unroll 16
      for (int t = 0; t < T; t++) {
        const Vector scalar = all(scalars[t][shift]);
#pragma GCC unroll 16
        for (int v = 0; v < planeVectors; v++) sum[v] = multiplyAdd(scalar, row[t][v], sum[v]);
      }
#pragma GCC unroll 16
      for (int v = 0; v < planeVectors; v++) store(out + v * AGON_WIDTH, sum[v]);
    }
  }
}

/// 1 <= count <= T terms.
template <int T>
void scatterOf(int64_t count, const Terms& terms, const SpreadSums& sums, const Planes& planes) {
  if constexpr (T > 1) {
    if (count < T) return scatterOf<T - 1>(count, terms, sums, planes);
  }
  scatterTerms<T>(terms, sums, planes);
}

void scatter(const Terms& terms, const SpreadSums& sums, const Planes& planes) {
  const int64_t parts = (terms.count + termsAtOnce() - 1) / termsAtOnce();
  Terms left = terms;
  for (int64_t part = parts; part > 0; part--) {
    const int64_t count = (left.count + part - 1) / part;
    scatterOf<termsAtOnce()>(count, left, sums, planes);
    left = {left.scalars, left.rows, left.scalar + count, left.place + count, left.count - count};
  }
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
