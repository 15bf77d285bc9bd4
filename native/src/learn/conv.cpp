// Convolutions over a batch: examples are lanes, so that every product of a weight and a row needs no copy of the input; the taps of each position come
// from tables, and those that fall on padding are not computed.
#include <algorithm>
#include <cstring>

#include "step.h"

namespace agon {

namespace {

/// Positions that a piece of work takes, so that the weights of a block stay in the first cache.
constexpr int64_t positionsPerPiece = 14;
/// Rows of a position that stay in the first cache until the next position, which shares most of them.
constexpr int64_t rowsTogether = 256;
/// Positions of weight gradients that stay in the first cache.
constexpr int64_t positionsPerSum = 48;

/// One direction: positions `to` are summed over taps of positions `from`. Taps count floats of a panel, rows floats of a channel.
struct Side {
  int64_t channelsFrom, channelsTo, positionsFrom, positionsTo;  // channels of one group
  std::vector<int32_t> offsets, tap, row;
  std::vector<float> panels;
};

class Conv : public LearnStep {
 public:
  int64_t groups, taps, mostRows;
  Side up, down;
  /// Of every tap and output position: the row of the input, or one of zeros behind the last.
  std::vector<int32_t> index;
  /// Of every tap: the first output position that it reaches the input from, and the one behind the last.
  std::vector<int64_t> reachBegin, reachEnd;

  void forward(Learning& of) override {
    const float* w = of.rows(inputs[1]);
    const int64_t in = up.channelsFrom;
    pack(of, up, [=](int64_t group, int64_t to, int64_t from, int64_t t) { return w[((group * up.channelsTo + to) * in + from) * taps + t]; });
    sumTaps(of, up, of.rows(inputs[0]), of.write(output), hasBias() ? of.rows(inputs[2]) : nullptr, false, rectifies_);
  }

  void backward(Learning& of) override {
    if (gives[1]) weightGradient(of);
    if (hasBias() && gives[2]) biasGradient(of);
    if (!gives[0]) return;
    const float* w = of.rows(inputs[1]);
    const int64_t in = up.channelsFrom;
    pack(of, down, [=](int64_t group, int64_t to, int64_t from, int64_t t) { return w[((group * up.channelsTo + from) * in + to) * taps + t]; });
    sumTaps(of, down, of.cotangent(output), of.cotangent(inputs[0]), nullptr, adds[0], false);
  }

  bool forgetsOutput() const override { return true; }
  bool rectify() override { return rectifies_ = true; }

 private:
  bool rectifies_ = false;

  bool hasBias() const { return inputs.size() > 2 && inputs[2] >= 0; }

  /// Panels of neighbouring channels: [group][block][channel from][tap][channel of the block, mostRows of them or fewer].
  template <class Weight>
  void pack(Learning& of, Side& side, Weight weight) const {
    const int64_t blocks = piecesOf(side.channelsTo, mostRows), depth = side.channelsFrom * taps;
    side.panels.resize(groups * blocks * depth * mostRows);
    of.pool.each(groups * blocks, 1 + 20000 / depth, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t group = i / blocks, first = pieceBegin(side.channelsTo, blocks, i % blocks), last = pieceBegin(side.channelsTo, blocks, i % blocks + 1);
        float* panel = side.panels.data() + i * depth * mostRows;
        for (int64_t from = 0; from < side.channelsFrom; from++)
          for (int64_t t = 0; t < taps; t++, panel += mostRows)
            for (int64_t to = first; to < last; to++) panel[to - first] = weight(group, to, from, t);
      }
    });
  }

  void sumTaps(Learning& of, const Side& side, const float* from, float* to, const float* bias, bool goesOn, bool rectifies) const {
    const int64_t pieces = piecesOf(side.positionsTo, positionsPerPiece);
    of.pool.each(of.groups * pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t g = i / pieces;
        const float* x = from + g * groups * side.channelsFrom * side.positionsFrom * learnLanes;
        float* y = to + g * groups * side.channelsTo * side.positionsTo * learnLanes;
        const int64_t first = pieceBegin(side.positionsTo, pieces, i % pieces), last = pieceBegin(side.positionsTo, pieces, i % pieces + 1);
        for (int64_t group = 0; group < groups; group++) sumPositions(of.kernels, side, group, x, y, bias, goesOn, rectifies, first, last);
      }
    });
  }

  void sumPositions(const LearnKernels& kernels, const Side& side, int64_t group, const float* x, float* y, const float* bias, bool goesOn, bool rectifies,
                    int64_t first, int64_t last) const {
    const int64_t blocks = piecesOf(side.channelsTo, mostRows), depth = side.channelsFrom * taps;
    const int64_t cuts = piecesOf(side.channelsFrom, std::max<int64_t>(1, rowsTogether / taps));
    for (int64_t b = 0; b < blocks; b++) {
      const int64_t channel = group * side.channelsTo + pieceBegin(side.channelsTo, blocks, b);
      const int rows = static_cast<int>(pieceBegin(side.channelsTo, blocks, b + 1) - pieceBegin(side.channelsTo, blocks, b));
      const float* panel = side.panels.data() + (group * blocks + b) * depth * mostRows;
      for (int64_t cut = 0; cut < cuts; cut++) {
        const int64_t c = pieceBegin(side.channelsFrom, cuts, cut), count = pieceBegin(side.channelsFrom, cuts, cut + 1) - c;
        const bool begins = cut == 0, ends = cut == cuts - 1;
        for (int64_t o = first; o < last; o++) {
          const int32_t at = side.offsets[o];
          kernels.listed({panel + c * taps * mostRows, taps * mostRows, side.tap.data() + at, side.row.data() + at, side.offsets[o + 1] - at, count,
                          x + (group * side.channelsFrom + c) * side.positionsFrom * learnLanes, side.positionsFrom * learnLanes,
                          y + (channel * side.positionsTo + o) * learnLanes, side.positionsTo * learnLanes, rows, bias && begins ? bias + channel : nullptr,
                          goesOn || !begins, rectifies && ends});
        }
      }
    }
  }

  /// dw[co,ci,t] = sum over the batch and positions of dy[co,o] x[ci, index[t][o]]. A piece is some channels in and out, so that every sum is one thread's.
  void weightGradient(Learning& of) {
    const int64_t in = up.channelsFrom, out = up.channelsTo;
    const int64_t inPerPiece = taps >= 3 ? 1 : std::min<int64_t>(in, 6 / taps), outPerPiece = in >= 8 ? 16 : mostProductRows;
    const int64_t piecesIn = piecesOf(in, inPerPiece), piecesOut = piecesOf(out, outPerPiece);
    float* gradient = of.cotangent(inputs[1]);
    of.pool.each(groups * piecesIn * piecesOut, 1, [&](int64_t begin, int64_t end) {
      const int64_t planeSize = (up.positionsFrom + 1) * learnLanes;
      Buffer planes(inPerPiece * planeSize), sums(outPerPiece * inPerPiece * taps * learnLanes);
      for (int64_t i = begin; i < end; i++) {
        const int64_t group = i / (piecesIn * piecesOut), pieceIn = i / piecesOut % piecesIn, pieceOut = i % piecesOut;
        const int64_t ci = pieceBegin(in, piecesIn, pieceIn), endIn = pieceBegin(in, piecesIn, pieceIn + 1);
        const int64_t co = pieceBegin(out, piecesOut, pieceOut), endOut = pieceBegin(out, piecesOut, pieceOut + 1);
        const int64_t columns = (endIn - ci) * taps;
        std::fill(sums.data(), sums.data() + sums.size(), 0.0f);
        for (int64_t g = 0; g < of.groups; g++) {
          const float* x = of.rows(inputs[0]) + g * of.groupSize(inputs[0]) + (group * in + ci) * up.positionsFrom * learnLanes;
          const float* dy = of.cotangent(output) + g * of.groupSize(output) + (group * out + co) * up.positionsTo * learnLanes;
          for (int64_t c = 0; c < endIn - ci; c++) {
            float* plane = planes.data() + c * planeSize;
            std::memcpy(plane, x + c * (planeSize - learnLanes), (planeSize - learnLanes) * sizeof(float));
            std::fill(plane + planeSize - learnLanes, plane + planeSize, 0.0f);
          }
          addProducts(of.kernels, dy, endOut - co, planes.data(), columns, sums.data());
        }
        for (int64_t r = 0; r < endOut - co; r++)
          for (int64_t j = 0; j < columns; j++) {
            float& to = gradient[((group * out + co + r) * in + ci) * taps + j];
            to = (adds[1] ? to : 0.0f) + sumOfLanes(sums.data() + (r * columns + j) * learnLanes);
          }
      }
    });
  }

  /// Columns are channels in by taps.
  void addProducts(const LearnKernels& kernels, const float* dy, int64_t channels, const float* planes, int64_t columns, float* sums) const {
    const int64_t rowBlocks = piecesOf(channels, mostProductRows), columnBlocks = piecesOf(columns, mostProductColumns);
    for (int64_t o = 0; o < up.positionsTo; o += positionsPerSum) {
      const int64_t count = std::min(positionsPerSum, up.positionsTo - o);
      for (int64_t rb = 0; rb < rowBlocks; rb++) {
        const int64_t r = pieceBegin(channels, rowBlocks, rb), rows = pieceBegin(channels, rowBlocks, rb + 1) - r;
        for (int64_t cb = 0; cb < columnBlocks; cb++) {
          const int64_t first = pieceBegin(columns, columnBlocks, cb), end = pieceBegin(columns, columnBlocks, cb + 1);
          const float* b[mostProductColumns];
          const int32_t* at[mostProductColumns];
          int64_t begins = o + count, ends = o;
          for (int64_t j = first; j < end; j++) {
            begins = std::min(begins, std::max(o, reachBegin[j % taps]));
            ends = std::max(ends, std::min(o + count, reachEnd[j % taps]));
          }
          if (begins >= ends) continue;
          for (int64_t j = first; j < end; j++) {
            b[j - first] = planes + j / taps * (up.positionsFrom + 1) * learnLanes;
            at[j - first] = index.data() + j % taps * up.positionsTo + begins;
          }
          kernels.products({dy + (r * up.positionsTo + begins) * learnLanes, up.positionsTo * learnLanes, static_cast<int>(rows), b, at,
                            static_cast<int>(end - first), ends - begins, sums + (r * columns + first) * learnLanes, columns});
        }
      }
    }
  }

  void biasGradient(Learning& of) {
    const int64_t positions = up.positionsTo;
    float* gradient = of.cotangent(inputs[2]);
    of.pool.each(groups * up.channelsTo, 1 + 4000 / positions, [&](int64_t begin, int64_t end) {
      for (int64_t co = begin; co < end; co++) {
        const float sum = sumOverBatch(of.groups, [&](int64_t g, float* lanes) {
          const float* dy = of.cotangent(output) + g * of.groupSize(output) + co * positions * learnLanes;
          for (int64_t o = 0; o < positions; o++, dy += learnLanes)
            for (int l = 0; l < learnLanes; l++) lanes[l] += dy[l];
        });
        gradient[co] = (adds[2] ? gradient[co] : 0.0f) + sum;
      }
    });
  }
};

/// Taps and positions to floats.
void scale(Side& side, int64_t mostRows) {
  for (int32_t& tap : side.tap) tap *= static_cast<int32_t>(mostRows);
  for (int32_t& row : side.row) row *= learnLanes;
}

/// The same taps seen from the input positions.
void turn(const Side& up, Side& down) {
  down.offsets.assign(up.positionsFrom + 1, 0);
  for (const int32_t position : up.row) down.offsets[position + 1]++;
  for (int64_t p = 0; p < up.positionsFrom; p++) down.offsets[p + 1] += down.offsets[p];
  std::vector<int32_t> next(down.offsets.begin(), down.offsets.end() - 1);
  down.tap.resize(up.tap.size());
  down.row.resize(up.row.size());
  for (int64_t o = 0; o < up.positionsTo; o++)
    for (int32_t k = up.offsets[o]; k < up.offsets[o + 1]; k++) {
      const int32_t at = next[up.row[k]]++;
      down.tap[at] = up.tap[k];
      down.row[at] = static_cast<int32_t>(o);
    }
}

}  // namespace

std::unique_ptr<LearnStep> learnConv(Maker& maker, const LearnKernels& kernels) {
  maker.expectCounts(2, 3, 6, 0, 3);
  auto step = std::make_unique<Conv>();
  const int64_t channelsIn = maker.positive(1), channelsOut = maker.positive(2), positionsIn = maker.positive(3), positionsOut = maker.positive(4);
  step->groups = maker.positive(0);
  step->taps = maker.positive(5);
  step->mostRows = kernels.mostRows;
  maker.expect(channelsIn % step->groups == 0 && channelsOut % step->groups == 0, "channels in whole groups");
  Side &up = step->up, &down = step->down;
  up.channelsFrom = down.channelsTo = channelsIn / step->groups;
  up.channelsTo = down.channelsFrom = channelsOut / step->groups;
  up.positionsFrom = down.positionsTo = positionsIn;
  up.positionsTo = down.positionsFrom = positionsOut;
  maker.expect(!maker.isConstant(0), "an input that is no constant");
  constexpr int64_t most = INT32_MAX / 32;
  maker.expect(positionsIn < most && positionsOut < most && step->taps < most, "positions and taps whose rows can be counted");
  maker.expect(maker.inputSize(0) == channelsIn * positionsIn && maker.outputSize() == channelsOut * positionsOut, "channels * positions = size");
  maker.constant(1, channelsOut * up.channelsFrom * step->taps);
  if (maker.has(2)) maker.constant(2, channelsOut);
  up.tap = maker.table(1, -1, 0, step->taps);
  up.row = maker.table(2, static_cast<int64_t>(up.tap.size()), 0, positionsIn);
  up.offsets = maker.offsets(0, positionsOut, static_cast<int64_t>(up.tap.size()));
  turn(up, down);
  step->reachBegin.assign(step->taps, positionsOut);
  step->reachEnd.assign(step->taps, 0);
  const auto nothing = static_cast<int32_t>(positionsIn * learnLanes);
  step->index.assign(step->taps * positionsOut, nothing);
  for (int64_t o = 0; o < positionsOut; o++)
    for (int32_t k = up.offsets[o]; k < up.offsets[o + 1]; k++) {
      int32_t& at = step->index[up.tap[k] * positionsOut + o];
      maker.expect(at == nothing, "a tap of a position once");
      at = up.row[k] * learnLanes;
      step->reachBegin[up.tap[k]] = std::min(step->reachBegin[up.tap[k]], o);
      step->reachEnd[up.tap[k]] = o + 1;
    }
  scale(up, kernels.mostRows);
  scale(down, kernels.mostRows);
  return step;
}

}  // namespace agon
