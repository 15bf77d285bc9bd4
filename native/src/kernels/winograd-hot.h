// Included by lanes-hot.h, once per instruction set: the three steps of a convolution by F(2x2, 3x3) (Lavin & Gray 2016, arXiv 1509.09308), on rows of 16
// lanes. With g the 3x3 weights, d the 4x4 inputs of a tile and Y its 2x2 outputs:
//
//     Y = A'[(G g G') . (B' d B)] A,    B' = 1  0 -1  0    G =  1    0    0    A' = 1  1  1  0
//                                            0  1  1  0        1/2  1/2  1/2       0  1 -1 -1
//                                            0 -1  1  0        1/2 -1/2  1/2
//                                            0  1  0 -1         0    0    1

#define AGON_EACH_OF_4 _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++)

void tileInput(const float* const* d, float* to, int64_t step) {
  AGON_EACH_VECTOR {
    Vector t[4][4];  // B' d
    AGON_EACH_OF_4 {
      const Vector a = load(d[i] + v * AGON_WIDTH), b = load(d[4 + i] + v * AGON_WIDTH), c = load(d[8 + i] + v * AGON_WIDTH),
                   e = load(d[12 + i] + v * AGON_WIDTH);
      t[0][i] = a - c;
      t[1][i] = b + c;
      t[2][i] = c - b;
      t[3][i] = b - e;
    }
    AGON_EACH_OF_4 {
      float* const out = to + 4 * i * step + v * AGON_WIDTH;
      store(out, t[i][0] - t[i][2]);
      store(out + step, t[i][1] + t[i][2]);
      store(out + 2 * step, t[i][2] - t[i][1]);
      store(out + 3 * step, t[i][1] - t[i][3]);
    }
  }
}

void tileOutput(const float* m, int64_t step, float bias, float* const* y) {
  AGON_EACH_VECTOR {
    Vector t[2][4];  // A' m
    AGON_EACH_OF_4 {
      const float* const from = m + i * step + v * AGON_WIDTH;
      const Vector a = load(from), b = load(from + 4 * step), c = load(from + 8 * step), e = load(from + 12 * step);
      t[0][i] = a + b + c;
      t[1][i] = b - c - e;
    }
    for (int i = 0; i < 2; i++) {
      if (y[2 * i]) store(y[2 * i] + v * AGON_WIDTH, t[i][0] + t[i][1] + t[i][2] + bias);
      if (y[2 * i + 1]) store(y[2 * i + 1] + v * AGON_WIDTH, t[i][1] - t[i][2] - t[i][3] + bias);
    }
  }
}

/// R outputs of one group over a stretch of terms: the scalar of output r and term t lies at t * 16 + r or, where the other side of the weights is summed
/// over, at r * 16 + t % 16 of panel t / 16. Not inlined: as mixBlock.
template <bool Turned, int R>
__attribute__((noinline)) void tileBlock(const float* weights, int64_t panelStep, const float* row, int64_t terms, float* sums, bool begins) {
  constexpr int together = Turned ? planeLanes : 1;
  Vector sum[R][laneVectors] = {};
  if (!begins) AGON_EACH_OUTPUT AGON_EACH_VECTOR sum[r][v] = load(sums + r * batchLanes + v * AGON_WIDTH);
  for (int64_t t = 0; t < terms; t += together, weights += Turned ? panelStep : planeLanes) {
#pragma GCC unroll 4
    for (int i = 0; i < together; i++, row += batchLanes) {
      Vector value[laneVectors];
      AGON_EACH_VECTOR value[v] = load(row + v * AGON_WIDTH);
      AGON_EACH_OUTPUT {
        const Vector scalar = all(weights[Turned ? r * planeLanes + i : r]);
        AGON_EACH_VECTOR sum[r][v] = multiplyAdd(scalar, value[v], sum[r][v]);
      }
    }
  }
  AGON_EACH_OUTPUT AGON_EACH_VECTOR store(sums + r * batchLanes + v * AGON_WIDTH, sum[r][v]);
}

template <bool Turned, int R>
void tileBlockOf(int64_t outputs, const float* weights, int64_t panelStep, const float* row, int64_t terms, float* sums, bool begins) {
  if constexpr (R > 1) {
    if (outputs < R) return tileBlockOf<Turned, R - 1>(outputs, weights, panelStep, row, terms, sums, begins);
  }
  tileBlock<Turned, R>(weights, panelStep, row, terms, sums, begins);
}

/// Stretch by stretch of the terms, 16 outputs at a time, whose weights stay in the first cache while all groups take them.
template <bool Turned>
void tileSums(const TileSum& of) {
  constexpr int most = laneVectors == 1 ? 8 : laneVectors == 2 ? 6 : AGON_REGISTERS >= 32 ? 6 : 3, blocks = (planeLanes + most - 1) / most;
  for (int64_t from = 0; from < of.terms; from += laneTerms) {
    const int64_t count = of.terms - from < laneTerms ? of.terms - from : laneTerms;
    for (int64_t o = of.begin; o < of.end; o += planeLanes) {
      const float* const weights = Turned ? of.weights + from / planeLanes * of.panelStep + o * planeLanes
                                          : of.weights + o / planeLanes * of.panelStep + from * planeLanes;
      for (int64_t g = 0; g < of.groups; g++) {
        const float* const row = of.rows + (g * of.terms + from) * batchLanes;
        float* const sums = of.sums + (g * (of.end - of.begin) + o - of.begin) * batchLanes;
        for (int b = 0, first = 0; b < blocks; b++) {
          const int height = (planeLanes - first + blocks - b - 1) / (blocks - b);
          tileBlockOf<Turned, most>(height, weights + first * (Turned ? planeLanes : 1), of.panelStep, row, count, sums + first * batchLanes, from == 0);
          first += height;
        }
      }
    }
  }
}

void tileSum(const TileSum& of) {
  if (of.turned) tileSums<true>(of);
  else tileSums<false>(of);
}

#undef AGON_EACH_OF_4
