// Included by lanes-hot.h, once per instruction set: sums of few lanes, each over the terms that are not 0 there.

/// Panels whose sums stay in registers beside a weight and a value of every lane.
template <int E>
constexpr int panelsOf() {
  constexpr int fits = (AGON_REGISTERS - 1 - E) / (E * laneVectors);
  return fits < 1 ? 1 : fits < 6 ? fits : 6;
}

template <int E, int P>
__attribute__((noinline)) void listedBlock(const ListedSums& of) {
  const float* panels[P];
  AGON_EACH_PANEL panels[p] = of.panels + p * of.panelStep;
  for (int64_t j = 0; j < of.count; j++) {
    const int32_t last = of.offsets[j + 1];
    if (of.offsets[j] == last) continue;
    float* const sums = of.sums + j * P * E * batchLanes;
    Vector sum[P][E][laneVectors];
    AGON_EACH_PANEL AGON_EACH_EXAMPLE AGON_EACH_VECTOR sum[p][e][v] = load(sums + (p * E + e) * batchLanes + v * AGON_WIDTH);
    for (int32_t l = of.offsets[j]; l < last; l++) {
      const LaneList list = of.lists[l];
      const float* weights[P];
      AGON_EACH_PANEL weights[p] = panels[p] + list.weights;
      for (int64_t k = 0; k < list.count; k++) {
        const int64_t at = static_cast<int64_t>(list.item[k]) * batchLanes;
        Vector value[E];
        AGON_EACH_EXAMPLE value[e] = all(list.row[at + e]);
        AGON_EACH_PANEL AGON_EACH_VECTOR {
          const Vector weight = load(weights[p] + at + v * AGON_WIDTH);
          AGON_EACH_EXAMPLE sum[p][e][v] = multiplyAdd(weight, value[e], sum[p][e][v]);
        }
      }
    }
    AGON_EACH_PANEL AGON_EACH_EXAMPLE AGON_EACH_VECTOR store(sums + (p * E + e) * batchLanes + v * AGON_WIDTH, sum[p][e][v]);
  }
}

template <int E, int P>
void listedOf(const ListedSums& of) {
  if constexpr (P > 1) {
    if (of.panelCount < P) return listedOf<E, P - 1>(of);
  }
  listedBlock<E, P>(of);
}

void mixListed(const ListedSums& of) {
  if (of.lanes == 1) return listedOf<1, panelsOf<1>()>(of);
  if (of.lanes == 2) return listedOf<2, panelsOf<2>()>(of);
  listedOf<4, panelsOf<4>()>(of);
}

int listedPanels(int lanes) { return lanes == 1 ? panelsOf<1>() : lanes == 2 ? panelsOf<2>() : panelsOf<4>(); }
