// Included by lanes-hot.h, once per instruction set: the three steps of a convolution by F(4x4, 3x3) (Lavin & Gray 2016, arXiv 1509.09308), on rows of 16
// lanes. With g the 3x3 weights, d the 6x6 inputs of a tile and Y its 4x4 outputs:
//
//     Y = A'[(G g G') . (B' d B)] A
//
// The points are 0, a, -a, b, -b and infinity with a = 2/3 and b = 3/2: they round less than others do (Barabasz et al. 2020, arXiv 1803.10986), about
// twice as much as products one by one, and as ab = 1, weights whose taps are turned around are the same rows of G g in another order. With s = a^2 + b^2:
//
//     B' =  1    0   -s    0    1  0    G =  1   0   0    A' =  1    1      1     1      1    0
//           0  -b^2a -b^2  a    1  0        1/a  1   a          0    a     -a     b     -b    0   times the diagonal matrix
//           0   b^2a -b^2 -a    1  0        1/a -1   a          0   a^2    a^2   b^2    b^2   0   (1, p, p, q, q, 1),
//           0  -a^2b -a^2  b    1  0        1/b  1   b          0   a^3   -a^3   b^3   -b^3   1   p = 1 / 2a(a^2 - b^2),
//           0   a^2b -a^2 -b    1  0        1/b -1   b                                            q = 1 / 2b(b^2 - a^2)
//           0    1    0   -s    0  1         0   0   1

constexpr float pointA = 2.0f / 3, pointB = 1.5f, squareA = 4.0f / 9, squareB = 2.25f, squares = 97.0f / 36, scaleA = -27.0f / 65, scaleB = 12.0f / 65;

#define AGON_EACH_INPUT _Pragma("GCC unroll 6") for (int i = 0; i < tileInputs; i++)
#define AGON_EACH_PLACE _Pragma("GCC unroll 6") for (int j = 0; j < tileInputs; j++)

/// t = B' d
inline void alongInputs(const Vector (&d)[tileInputs], Vector (&t)[tileInputs]) {
  const Vector evenA = multiplyAdd(all(-squareB), d[2], d[4]), oddA = multiplyAdd(all(-squareB), d[1], d[3]);
  const Vector evenB = multiplyAdd(all(-squareA), d[2], d[4]), oddB = multiplyAdd(all(-squareA), d[1], d[3]);
  t[0] = multiplyAdd(all(-squares), d[2], d[0] + d[4]);
  t[1] = multiplyAdd(all(pointA), oddA, evenA);
  t[2] = multiplyAdd(all(-pointA), oddA, evenA);
  t[3] = multiplyAdd(all(pointB), oddB, evenB);
  t[4] = multiplyAdd(all(-pointB), oddB, evenB);
  t[5] = multiplyAdd(all(-squares), d[3], d[1] + d[5]);
}

/// Rounded before it is added: of two products in a sum, only the other may be fused, in every lane.
inline Vector roundedProduct(float by, Vector value) {
  Vector product = all(by) * value;
  asm("" : AGON_BARRIER(product));
  return product;
}

/// y = A' m
inline void alongOutputs(const Vector (&m)[tileInputs], Vector (&y)[tileSize]) {
  const Vector evenA = m[1] + m[2], oddA = m[1] - m[2], evenB = m[3] + m[4], oddB = m[3] - m[4];
  y[0] = multiplyAdd(all(scaleA), evenA, multiplyAdd(all(scaleB), evenB, m[0]));
  y[1] = multiplyAdd(all(scaleA * pointA), oddA, roundedProduct(scaleB * pointB, oddB));
  y[2] = multiplyAdd(all(scaleA * squareA), evenA, roundedProduct(scaleB * squareB, evenB));
  y[3] = multiplyAdd(all(scaleA * squareA * pointA), oddA, multiplyAdd(all(scaleB * squareB * pointB), oddB, m[5]));
}

void tileInput(const float* const* d, float* to, int64_t step) {
  AGON_EACH_VECTOR {
    Vector t[tileInputs][tileInputs];  // [column][row] of B' d
    AGON_EACH_PLACE {
      Vector column[tileInputs];
      AGON_EACH_INPUT column[i] = load(d[i * tileInputs + j] + v * AGON_WIDTH);
      alongInputs(column, t[j]);
    }
    for (int i = 0; i < tileInputs; i++) {
      Vector row[tileInputs], out[tileInputs];
      AGON_EACH_PLACE row[j] = t[j][i];
      alongInputs(row, out);
      AGON_EACH_PLACE store(to + (i * tileInputs + j) * step + v * AGON_WIDTH, out[j]);
    }
  }
}

void tileOutput(const float* m, int64_t step, float bias, const float* const* held, float* const* y) {
  AGON_EACH_VECTOR {
    Vector t[tileInputs][tileSize];  // [column][row] of A' m
    AGON_EACH_PLACE {
      Vector column[tileInputs];
      AGON_EACH_INPUT column[i] = load(m + (i * tileInputs + j) * step + v * AGON_WIDTH);
      alongOutputs(column, t[j]);
    }
    for (int i = 0; i < tileSize; i++) {
      Vector row[tileInputs], out[tileSize];
      AGON_EACH_PLACE row[j] = t[j][i];
      alongOutputs(row, out);
      for (int j = 0; j < tileSize; j++) {
        const int q = i * tileSize + j;
        if (!y[q]) continue;
        out[j] += bias;
        if (held[q]) out[j] += load(held[q] + v * AGON_WIDTH);
        store(y[q] + v * AGON_WIDTH, out[j]);
      }
    }
  }
}

/// Groups that take a scalar together: with one register to a row, so that fewer loads than products are left.
constexpr int tileGroups = laneVectors == 1 ? 2 : 1;
/// Terms whose scalars are fetched ahead: those of all places together are more than the near caches hold.
constexpr int tileFetched = 16;

#define AGON_EACH_GROUP _Pragma("GCC unroll 4") for (int g = 0; g < G; g++)

/// R outputs of G groups, rowStep and sumStep floats apart, over a stretch of terms: the scalar of output r and term t lies at t * 16 + r or, where the other
/// side of the weights is summed over, at r * 16 + t % 16 of panel t / 16. Not inlined: as mixBlock.
template <bool Turned, int R, int G>
__attribute__((noinline)) void tileBlock(const float* weights, int64_t panelStep, const float* row, int64_t rowStep, int64_t terms, float* sums, int64_t sumStep,
                                         bool begins) {
  constexpr int together = Turned ? planeLanes : 1;
  Vector sum[R][G][laneVectors] = {};
  if (!begins) AGON_EACH_OUTPUT AGON_EACH_GROUP AGON_EACH_VECTOR sum[r][g][v] = load(sums + g * sumStep + r * batchLanes + v * AGON_WIDTH);
  for (int64_t t = 0; t < terms; t += together, weights += Turned ? panelStep : planeLanes) {
    if (G > 1 && Turned) AGON_EACH_OUTPUT __builtin_prefetch(weights + panelStep + r * planeLanes);
#pragma GCC unroll 4
    for (int i = 0; i < together; i++, row += batchLanes) {
      Vector value[G][laneVectors];
      AGON_EACH_GROUP AGON_EACH_VECTOR value[g][v] = load(row + g * rowStep + v * AGON_WIDTH);
      if (G > 1 && !Turned) __builtin_prefetch(weights + tileFetched * planeLanes);
      AGON_EACH_OUTPUT {
        const Vector scalar = all(weights[Turned ? r * planeLanes + i : r]);
        AGON_EACH_GROUP AGON_EACH_VECTOR sum[r][g][v] = multiplyAdd(scalar, value[g][v], sum[r][g][v]);
      }
    }
  }
  AGON_EACH_OUTPUT AGON_EACH_GROUP AGON_EACH_VECTOR store(sums + g * sumStep + r * batchLanes + v * AGON_WIDTH, sum[r][g][v]);
}

/// A block of `outputs` sums, at most R, of G groups.
template <bool Turned, int R, int G>
void tileBlockOf(int64_t outputs, const float* weights, int64_t panelStep, const float* row, int64_t rowStep, int64_t terms, float* sums, int64_t sumStep,
                 bool begins) {
  if constexpr (R > 1) {
    if (outputs < R) return tileBlockOf<Turned, R - 1, G>(outputs, weights, panelStep, row, rowStep, terms, sums, sumStep, begins);
  }
  tileBlock<Turned, R, G>(weights, panelStep, row, rowStep, terms, sums, sumStep, begins);
}

/// A panel of 16 outputs of G groups, from `row` and `sums` on.
template <bool Turned, int G>
void tilePanel(const TileSum& of, const float* weights, const float* row, int64_t terms, float* sums, bool begins) {
  constexpr int most = laneVectors == 1 ? 8 : laneVectors == 2 ? 6 : AGON_REGISTERS >= 32 ? 6 : 3, blocks = (planeLanes + most - 1) / most;
  const int64_t rowStep = of.terms * batchLanes, sumStep = (of.end - of.begin) * batchLanes;
  for (int b = 0, first = 0; b < blocks; b++) {
    const int height = (planeLanes - first + blocks - b - 1) / (blocks - b);
    tileBlockOf<Turned, most, G>(height, weights + first * (Turned ? planeLanes : 1), of.panelStep, row, rowStep, terms, sums + first * batchLanes, sumStep, begins);
    first += height;
  }
}

/// Stretch by stretch of the terms, 16 outputs at a time, whose weights stay in the first cache while all groups take them.
template <bool Turned>
void tileSums(const TileSum& of) {
  for (int64_t from = 0; from < of.terms; from += laneTerms) {
    const int64_t count = of.terms - from < laneTerms ? of.terms - from : laneTerms;
    for (int64_t o = of.begin; o < of.end; o += planeLanes) {
      const float* const weights = Turned ? of.weights + from / planeLanes * of.panelStep + o * planeLanes
                                          : of.weights + o / planeLanes * of.panelStep + from * planeLanes;
      const float* const row = of.rows + from * batchLanes;
      float* const sums = of.sums + (o - of.begin) * batchLanes;
      const int64_t rowStep = of.terms * batchLanes, sumStep = (of.end - of.begin) * batchLanes;
      const bool begins = of.begins && from == 0;
      int64_t g = 0;
      for (; g + tileGroups <= of.groups; g += tileGroups) tilePanel<Turned, tileGroups>(of, weights, row + g * rowStep, count, sums + g * sumStep, begins);
      for (; g < of.groups; g++) tilePanel<Turned, 1>(of, weights, row + g * rowStep, count, sums + g * sumStep, begins);
    }
  }
}

void tileSum(const TileSum& of) {
  if (of.turned) tileSums<true>(of);
  else tileSums<false>(of);
}

#undef AGON_EACH_INPUT
#undef AGON_EACH_PLACE
#undef AGON_EACH_GROUP
