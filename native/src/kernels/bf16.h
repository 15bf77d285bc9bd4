// Sums whose products have factors in bfloat16: factors are rounded into a panel, from which the float32 kernels sum. Their product is exact in float32.
// Included by hot.h.

namespace agon {
namespace AGON_ISA {
namespace {

typedef uint32_t Bits __attribute__((vector_size(AGON_WIDTH * 4)));

/// The nearest bfloat16 (8 bits of significand), the even one of two; the largest floats become infinite, and NaN stays NaN.
inline Vector toBf16(Vector value) {
  const Bits bits = reinterpret_cast<Bits>(value), isNan = reinterpret_cast<Bits>(value != value);
  const Bits nearest = bits + 0x7fff + (bits >> 16 & 1), quiet = bits | 0x400000;
  return reinterpret_cast<Vector>(((isNan & quiet) | (~isNan & nearest)) & 0xffff0000u);
}

/// Terms that are rounded together, and the outputs that take them.
constexpr int64_t panelTerms = 64, panelOutputs = 48;

/// Rounded factors of a stretch of terms, on the stack of a thread.
struct Panel {
  alignas(64) float rows[panelTerms * mostPlanes * planeLanes];
  alignas(64) float scalars[panelTerms * panelOutputs];
};

void roundRows(Panel& panel, const Terms& terms, int64_t from, int64_t count, const Planes& planes) {
  for (int64_t t = 0; t < count; t++) {
    const float* const row = terms.rows + static_cast<int64_t>(terms.place[from + t]) * planeLanes;
    float* const to = panel.rows + t * mostPlanes * planeLanes;
    for (int v = 0; v < planes.count * planeVectors; v++) store(to + placeOf(v, planeLanes), toBf16(load(row + placeOf(v, planes.in))));
  }
}

void roundScalars(Panel& panel, const Terms& terms, int64_t from, int64_t count, const int32_t* at, int64_t outputs) {
  for (int64_t t = 0; t < count; t++) {
    const float* const scalars = terms.scalars + terms.scalar[from + t];
    float* const to = panel.scalars + t * panelOutputs;
    for (int64_t o = 0; o < outputs; o++) to[o] = scalars[at[o]];
    for (int64_t o = outputs; o % AGON_WIDTH != 0; o++) to[o] = 0;
    for (int64_t o = 0; o < outputs; o += AGON_WIDTH) store(to + o, toBf16(load(to + o)));
  }
}

void mixBf16(const Terms& terms, const RowSums& sums, const Planes& planes) {
  Panel panel;
  int32_t counting[panelOutputs], scalar[panelTerms], place[panelTerms];
  for (int32_t o = 0; o < panelOutputs; o++) counting[o] = o;
  for (int32_t t = 0; t < panelTerms; t++) {
    scalar[t] = t * static_cast<int32_t>(panelOutputs);
    place[t] = t * mostPlanes;
  }
  for (int64_t from = 0; from == 0 || from < terms.count; from += panelTerms) {
    const int64_t some = terms.count - from < panelTerms ? terms.count - from : panelTerms;
    const Planes rounded = {planes.count, planeLanes, planes.out, planes.goesOn || from > 0};
    roundRows(panel, terms, from, some, planes);
    for (int64_t o = 0; o < sums.count; o += panelOutputs) {
      const int64_t height = sums.count - o < panelOutputs ? sums.count - o : panelOutputs;
      roundScalars(panel, terms, from, some, sums.at + o, height);
      mix({panel.scalars, panel.rows, scalar, place, some}, {counting, sums.rows + o * planeLanes, height}, rounded);
    }
  }
}

void depthwiseBf16(const DepthwiseSum& of, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes) {
  const int32_t at[] = {0};
  int32_t scalar[mostDepthwiseTaps], place[mostDepthwiseTaps];
  for (int64_t i = 0; i < count; i++) {
    int64_t alive = 0;
    for (int32_t k = 0; k < of.count; k++) {
      const int32_t row = of.rowAt[of.position[k] * of.channels + channel[i]];
      if (row < 0) continue;
      scalar[alive] = static_cast<int32_t>(of.tap[k] * of.channels + channel[i]);
      place[alive++] = row - of.shift[k];
    }
    mixBf16({of.weights, from, scalar, place, alive}, {at, to + i * planeLanes, 1}, planes);
  }
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
