#include "products.h"

#include <algorithm>

namespace agon {

namespace {

/// Columns of a matrix that are taken together: their rows of lanes, 16 KB, stay in the first cache.
constexpr int64_t depth = 256;
/// Rows of a matrix that one piece of work takes.
constexpr int64_t rowsPerPiece = 48;
/// Rows of lanes that stay in the second cache while the rows of a piece go over them.
constexpr int64_t lanesTogether = 16;

/// Rows first .. of a matrix, `rows` of them, and columns j .. j + count - 1, side by side for every column.
void packRows(const MatrixView& m, int64_t first, int64_t rows, int64_t j, int64_t count, float* to) {
  const float* from = m.data + first + j * m.column;
  for (int64_t t = 0; t < count; t++, from += m.column)
    for (int64_t r = 0; r < rows; r++) *to++ = from[r];
}

/// Rows of a piece times columns j .. j + count - 1, for examples q .. endQ - 1.
void multiplyPiece(const LearnKernels& kernels, const MatrixView& m, const LaneMatrix& x, float* y, bool goesOn, int64_t first, int64_t last, int64_t j,
                   int64_t count, int64_t q, int64_t endQ, float* panel) {
  const int64_t blocks = piecesOf(last - first, kernels.mostRows);
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t i = first + pieceBegin(last - first, blocks, b);
    const int rows = static_cast<int>(first + pieceBegin(last - first, blocks, b + 1) - i);
    const bool isPacked = m.column != 1;
    if (isPacked) packRows(m, i, rows, j, count, panel);
    const float* a = isPacked ? panel : m.data + i * m.row + j;
    const int64_t aRow = isPacked ? 1 : m.row, aStep = isPacked ? rows : 1;
    for (int64_t e = q; e < endQ; e++)
      kernels.straight({a, aRow, aStep, 0, x.data + (e * x.size + j) * learnLanes, learnLanes, 0, 1, count, y + (e * m.rows + i) * learnLanes, learnLanes, rows,
                        goesOn || j > 0});
  }
}

/// to[q][lane][c] = b[q][first + c][lane] for 16 columns c; zeros beyond the last.
void turnPanel(const LaneMatrix& b, int64_t first, float* to) {
  const int64_t count = std::min<int64_t>(learnLanes, b.size - first);
  for (int64_t q = 0; q < b.count; q++, to += learnLanes * learnLanes) {
    const float* from = b.data + (q * b.size + first) * learnLanes;
    for (int64_t l = 0; l < learnLanes; l++)
      for (int64_t c = 0; c < learnLanes; c++) to[l * learnLanes + c] = c < count ? from[c * learnLanes + l] : 0.0f;
  }
}

/// Columns of a panel that does not end where the matrix does.
void multiplyLast(const LearnKernels& kernels, StraightSum sum, int64_t columns) {
  alignas(64) float block[mostSumRows * learnLanes];
  float* const c = sum.c;
  const int64_t cRow = sum.cRow;
  sum.c = block;
  sum.cRow = learnLanes;
  for (int r = 0; r < sum.rows && sum.goesOn; r++) std::copy_n(c + r * cRow, columns, block + r * learnLanes);
  kernels.straight(sum);
  for (int r = 0; r < sum.rows; r++) std::copy_n(block + r * learnLanes, columns, c + r * cRow);
}

}  // namespace

void multiplyLanes(Learning& of, const MatrixView& m, const LaneMatrix& x, float* y, bool goesOn) {
  const int64_t pieces = piecesOf(m.rows, rowsPerPiece);
  of.pool.each(pieces, 1 + 200000 / (rowsPerPiece * m.columns * x.count), [&](int64_t begin, int64_t end) {
    Buffer panel(of.kernels.mostRows * depth);
    for (int64_t piece = begin; piece < end; piece++) {
      const int64_t first = pieceBegin(m.rows, pieces, piece), last = pieceBegin(m.rows, pieces, piece + 1);
      for (int64_t q = 0; q < x.count; q += lanesTogether)
        for (int64_t j = 0; j < m.columns; j += depth)
          multiplyPiece(of.kernels, m, x, y, goesOn, first, last, j, std::min(depth, m.columns - j), q, std::min(q + lanesTogether, x.count), panel.data());
    }
  });
}

void multiplyOverBatch(Learning& of, const LaneMatrix& a, const LaneMatrix& b, float* m, bool goesOn) {
  constexpr int64_t panelsPerPiece = 8;
  const int64_t panelSize = b.count * learnLanes * learnLanes, panels = piecesOf(b.size, learnLanes), pieces = piecesOf(panels, panelsPerPiece);
  const int64_t blocks = piecesOf(a.size, of.kernels.mostRows);
  of.pool.each(pieces, 1 + 20000 / (a.size * b.count * learnLanes), [&](int64_t begin, int64_t end) {
    Buffer turned(panelsPerPiece * panelSize);
    for (int64_t piece = begin; piece < end; piece++) {
      const int64_t first = pieceBegin(panels, pieces, piece), last = pieceBegin(panels, pieces, piece + 1);
      for (int64_t p = first; p < last; p++) turnPanel(b, p * learnLanes, turned.data() + (p - first) * panelSize);
      for (int64_t block = 0; block < blocks; block++) {
        const int64_t i = pieceBegin(a.size, blocks, block);
        const int rows = static_cast<int>(pieceBegin(a.size, blocks, block + 1) - i);
        for (int64_t p = first; p < last; p++) {
          const StraightSum sum = {a.data + i * learnLanes, learnLanes, 1, a.size * learnLanes, turned.data() + (p - first) * panelSize, learnLanes,
                                   learnLanes * learnLanes, b.count, learnLanes, m + i * b.size + p * learnLanes, b.size, rows, goesOn};
          const int64_t columns = std::min<int64_t>(learnLanes, b.size - p * learnLanes);
          if (columns == learnLanes) of.kernels.straight(sum);
          else multiplyLast(of.kernels, sum, columns);
        }
      }
    }
  });
}

}  // namespace agon
