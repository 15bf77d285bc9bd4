// Included by hot.h, once per instruction set: sums of few labels. Sixteen outputs share a register where else sixteen labels do, most of them of nobody.

namespace agon {
namespace AGON_ISA {
namespace {

/// Panels whose sums stay in registers beside their weights and a value.
template <int E>
constexpr int panelsFor() {
  constexpr int fits = (AGON_REGISTERS - 1) / ((E + 1) * planeVectors);
  return fits < 1 ? 1 : fits < 6 ? fits : 6;
}

/// Labels whose sums of one panel stay in registers.
constexpr int labelsFit = (AGON_REGISTERS - 1 - planeVectors) / planeVectors;
constexpr int labelsTogether = labelsFit < mostFewLabels ? labelsFit : mostFewLabels;

#define AGON_EACH_LABEL _Pragma("GCC unroll 16") for (int e = 0; e < E; e++)
#define AGON_EACH_PANEL_PART _Pragma("GCC unroll 8") for (int p = 0; p < P; p++) _Pragma("GCC unroll 4") for (int v = 0; v < planeVectors; v++)

/// A stretch of terms, for E labels from `label` on and P panels.
template <int E, int P>
__attribute__((noinline)) void panelBlock(const TermIndices& terms, int64_t count, const PanelSums& of, int64_t panel, int label, bool goesOn) {
  Vector sum[E][P][planeVectors] = {};
  float* const sums = of.sums + (panel * of.labels + label) * planeLanes;
  const int64_t step = static_cast<int64_t>(of.labels) * planeLanes;
  const float* weights[P];
  _Pragma("GCC unroll 8") for (int p = 0; p < P; p++) weights[p] = terms.first + of.at[panel + p];
  if (goesOn) AGON_EACH_LABEL AGON_EACH_PANEL_PART sum[e][p][v] = load(sums + p * step + e * planeLanes + v * AGON_WIDTH);
  const int32_t *const index = terms.index, *const place = terms.place;
  const float* const rows = terms.base + label;
  for (int64_t t = 0; t < count; t++) {
    const float* const row = rows + static_cast<int64_t>(place[t]) * planeLanes;
    const int64_t at = index[t];
    Vector weight[P][planeVectors];
    AGON_EACH_PANEL_PART weight[p][v] = loadUnaligned(weights[p] + at + v * AGON_WIDTH);
    AGON_EACH_LABEL {
      const Vector value = all(row[e]);
      AGON_EACH_PANEL_PART sum[e][p][v] = multiplyAdd(value, weight[p][v], sum[e][p][v]);
    }
  }
  AGON_EACH_LABEL AGON_EACH_PANEL_PART store(sums + p * step + e * planeLanes + v * AGON_WIDTH, sum[e][p][v]);
}

template <int E, int P>
void panelBlocks(const TermIndices& terms, int64_t count, const PanelSums& of, int64_t panel, int label, bool goesOn) {
  for (; panel + P <= of.count; panel += P) panelBlock<E, P>(terms, count, of, panel, label, goesOn);
  if constexpr (P > 1) {
    if (panel < of.count) panelBlocks<E, P - 1>(terms, count, of, panel, label, goesOn);
  }
}

template <int E>
void panelsOf(int labels, const TermIndices& terms, int64_t count, const PanelSums& of, int label, bool goesOn) {
  if constexpr (E > 1) {
    if (labels < E) return panelsOf<E - 1>(labels, terms, count, of, label, goesOn);
  }
  panelBlocks<E, panelsFor<E>()>(terms, count, of, 0, label, goesOn);
}

void mixPanels(const Terms& terms, const PanelSums& sums) {
  const TermIndices indices = {terms.scalars, terms.rows, terms.scalar, terms.place};
  for (int64_t from = 0; from == 0 || from < terms.count; from += stretchTerms) {
    const int64_t left = terms.count - from, count = left < stretchTerms ? left : stretchTerms;
    for (int label = 0; label < sums.labels; label += labelsTogether) {
      const int labels = sums.labels - label < labelsTogether ? sums.labels - label : labelsTogether;
      panelsOf<labelsTogether>(labels, indices.from(from), count, sums, label, sums.goesOn || from > 0);
    }
  }
}

void turnPanels(const PanelSums& sums, float* rows) {
  for (int64_t p = 0; p < sums.count; p++) {
    const float* const from = sums.sums + p * sums.labels * planeLanes;
    float* const to = rows + p * planeLanes * planeLanes;
    for (int o = 0; o < planeLanes; o++) {
      for (int l = 0; l < sums.labels; l++) to[o * planeLanes + l] = from[l * planeLanes + o];
      for (int l = sums.labels; l < planeLanes; l++) to[o * planeLanes + l] = 0;
    }
  }
}

#undef AGON_EACH_LABEL
#undef AGON_EACH_PANEL_PART

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
