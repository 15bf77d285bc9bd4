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
  Term terms[panelTerms];
};

void roundRows(Panel& panel, const Term* terms, int64_t count, const Planes& planes) {
  for (int64_t t = 0; t < count; t++) {
    float* const to = panel.rows + t * mostPlanes * planeLanes;
    for (int v = 0; v < planes.count * planeVectors; v++)
      store(to + placeOf(v, planeLanes), toBf16(load(terms[t].row + placeOf(v, planes.in))));
    panel.terms[t] = {panel.scalars + t * panelOutputs, to};
  }
}

void roundScalars(Panel& panel, const Term* terms, int64_t count, const int32_t* at, int64_t outputs) {
  for (int64_t t = 0; t < count; t++) {
    float* const to = panel.scalars + t * panelOutputs;
    for (int64_t o = 0; o < outputs; o++) to[o] = terms[t].scalars[at[o]];
    for (int64_t o = outputs; o % AGON_WIDTH != 0; o++) to[o] = 0;
    for (int64_t o = 0; o < outputs; o += AGON_WIDTH) store(to + o, toBf16(load(to + o)));
  }
}

void combineBf16(const Term* terms, int64_t count, const int32_t* at, float* const* out, int64_t outputs, const Planes& planes) {
  Panel panel;
  int32_t counting[panelOutputs];
  for (int32_t o = 0; o < panelOutputs; o++) counting[o] = o;
  for (int64_t from = 0; from == 0 || from < count; from += panelTerms) {
    const int64_t some = count - from < panelTerms ? count - from : panelTerms;
    const Planes rounded = {planes.count, planeLanes, planes.out, planes.goesOn || from > 0};
    roundRows(panel, terms + from, some, planes);
    for (int64_t o = 0; o < outputs; o += panelOutputs) {
      const int64_t height = outputs - o < panelOutputs ? outputs - o : panelOutputs;
      roundScalars(panel, terms + from, some, at + o, height);
      combine(panel.terms, some, counting, out + o, height, rounded);
    }
  }
}

void depthwiseBf16(const DepthwiseSum& of, const int32_t* channel, int64_t count, const float* from, float* to, const Planes& planes) {
  const int32_t at[] = {0};
  eachChannel(of, channel, count, from, to, [&](const Term* terms, int64_t alive, float* out) { combineBf16(terms, alive, at, &out, 1, planes); });
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
