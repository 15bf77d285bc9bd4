// Convolution of a batch, forward, where its examples share too few zeros: 1, 2 or 4 lanes at a time take the terms that are not 0 there, for 16 outputs
// side by side.
#include <algorithm>
#include <limits>

#include "conv-turned.h"

namespace agon {

namespace {

/// Terms whose weights for all panels of a block stay in the first cache while every position of a tile takes them.
int64_t stretchOf(int lanes) { return 32 * lanes; }

/// Bytes of the lists are floats of an arena.
int64_t floatsFor(int64_t bytes) { return (bytes + 63) / 64 * 16; }

}  // namespace

/// Lists of the channels of a position that are not 0 in a set of `lanes` neighbouring lanes: [group][position][block][set][channel in block], counted
/// from the first channel of a block.
struct ConvOperation::Listed {
  int lanes;
  int64_t sets, width, blocks, tapsTogether;
  uint8_t *item, *count;

  Listed(const ConvOperation& op, const Turned& turned, int lanesTogether, int examples) : lanes(lanesTogether), sets(examples / lanesTogether) {
    const int64_t in = op.groupIn(), places = op.groups * op.positionsIn;
    width = std::min(in, stretchOf(lanes));
    blocks = (in + width - 1) / width;
    tapsTogether = std::max<int64_t>(1, stretchOf(lanes) / in);
    item = reinterpret_cast<uint8_t*>(turned.alive() + places * in);
    count = item + places * blocks * sets * width;
  }
  uint8_t* itemsOf(int64_t place, int64_t block) const { return item + (place * blocks + block) * sets * width; }
  uint8_t* countsOf(int64_t place, int64_t block) const { return count + (place * blocks + block) * sets; }
};

/// What the marks and the lists of any kind take at most.
int64_t ConvOperation::turnedFloats() const {
  const int64_t in = groupIn(), places = groups * positionsIn;
  const auto bytes = [&](int lanes) {
    const int64_t width = std::min(in, stretchOf(lanes)), blocks = (in + width - 1) / width;
    return places * blocks * (batchLanes / lanes) * (width + 1);
  };
  return floatsFor(places * in * static_cast<int64_t>(sizeof(uint16_t)) + std::max({bytes(1), bytes(2), bytes(4)}));
}

/// How many lanes take their terms together: 1, 2 or 4; 0 for all of them, as outputs one by one. Counted in sums of registers of 8 floats; what one
/// costs beside one of all lanes was measured on the layers of ResNet-18.
int ConvOperation::lanesTogether(const Turned& turned, int examples) const {
  const auto& n = turned.counted;
  const double panels = static_cast<double>(paddedOut() / planeLanes);
  double least = static_cast<double>(n.rows * groupOut()) * (examples <= 8 && examples != 3 ? 1 : 2);
  int best = 0;
  const auto consider = [&](int lanes, int64_t terms, double perTerm) {
    if (examples % lanes != 0) return;
    // With few sums in registers, each waits for its last product.
    const double waits = std::max(1.0, 4.0 / (lanes * std::min(panels, 6.0 / lanes)));
    const double cost = static_cast<double>(terms) * panels * 2 * lanes * perTerm * waits;
    if (cost >= least) return;
    least = cost;
    best = lanes;
  };
  consider(4, n.fours, 1.13);
  consider(2, n.pairs, 1.2);
  consider(1, n.ones, 1.6);
  return best;
}

void ConvOperation::forwardListed(const Batch& batch, const Turned& turned, float* y, int lanes) const {
  const Listed listed(*this, turned, lanes, batch.frame.distinct);
  listLanes(batch, turned, listed);
  const int64_t tiles = (positionsOut + tilePositions - 1) / tilePositions;
  batch.pool().each(groups * tiles, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % tiles * tilePositions;
      forwardListedTile(batch, turned, listed, y, i / tiles, first, std::min(tilePositions, positionsOut - first));
    }
  });
}

void ConvOperation::listLanes(const Batch& batch, const Turned& turned, const Listed& listed) const {
  const int64_t in = groupIn();
  const uint32_t together = (1u << listed.lanes) - 1;
  batch.pool().each(groups * positionsIn, std::max<int64_t>(1, 2048 / in), [&](int64_t begin, int64_t end) {
    for (int64_t place = begin; place < end; place++) {
      for (int64_t block = 0; block < listed.blocks; block++) {
        uint8_t *const item = listed.itemsOf(place, block), *const count = listed.countsOf(place, block);
        int32_t found[batchLanes] = {};
        const int64_t from = block * listed.width, until = std::min(in, from + listed.width);
        for (int64_t c = from; c < until; c++) {
          uint32_t bits = turned.alive()[place * in + c];
          if (bits == 0) continue;
          for (int64_t s = 0; s < listed.sets; s++, bits >>= listed.lanes) {
            item[s * listed.width + found[s]] = static_cast<uint8_t>(c - from);
            found[s] += (bits & together) != 0;
          }
        }
        for (int64_t s = 0; s < listed.sets; s++) count[s] = static_cast<uint8_t>(found[s]);
      }
    }
  });
}

/// Stretch by stretch of the weights, then panels of outputs that fit the registers, then position by position: a sum adds its terms in the order of their
/// taps and channels.
void ConvOperation::forwardListedTile(const Batch& batch, const Turned& turned, const Listed& listed, float* y, int64_t group, int64_t first,
                                      int64_t count) const {
  const int64_t in = groupIn(), panels = paddedOut() / planeLanes, sets = listed.sets, panelStep = planeLanes * taps * in;
  const int64_t most = batch.kernels.listedPanels(listed.lanes), parts = (panels + most - 1) / most;
  const int64_t sumFloats = count * batch.frame.distinct * planeLanes;
  Buffer sums(sumFloats * panels);
  std::fill_n(sums.data(), sums.size(), 0.0f);
  std::vector<int32_t> entries[tilePositions], offsets;
  for (int64_t p = 0; p < count; p++) entriesByTap(byOutput, first + p, entries[p]);
  std::vector<LaneList> lists;
  size_t next[tilePositions] = {}, end[tilePositions];
  for (int64_t tap = 0; tap < taps; tap += listed.tapsTogether) {
    for (int64_t p = 0; p < count; p++)
      for (end[p] = next[p]; end[p] < entries[p].size() && byOutput.tap[entries[p][end[p]]] < tap + listed.tapsTogether;) end[p]++;
    for (int64_t block = 0; block < listed.blocks; block++) {
      lists.clear();
      offsets.assign(1, 0);
      const int64_t channel = block * listed.width;
      for (int64_t p = 0; p < count; p++) {
        for (int64_t s = 0; s < sets; s++) {
          for (size_t e = next[p]; e < end[p]; e++) {
            const int32_t entry = entries[p][e];
            const int64_t place = group * positionsIn + byOutput.position[entry], terms = listed.countsOf(place, block)[s];
            if (terms == 0) continue;
            lists.push_back({listed.itemsOf(place, block) + s * listed.width, terms, turned.rows + (place * in + channel) * batchLanes + s * listed.lanes,
                             (byOutput.tap[entry] * in + channel) * planeLanes});
          }
          offsets.push_back(static_cast<int32_t>(lists.size()));
        }
      }
      for (int64_t part = 0; !lists.empty() && part < parts; part++) {
        const int64_t from = panels * part / parts, height = panels * (part + 1) / parts - from;
        batch.kernels.mixListed({lists.data(), offsets.data(), count * sets, forwardScalars(group, from * planeLanes), panelStep, height,
                                 sums.data() + from * sumFloats, listed.lanes});
      }
    }
    std::copy(end, end + count, next);
  }
  for (int64_t part = 0; part < parts; part++) {
    const int64_t from = panels * part / parts, height = panels * (part + 1) / parts - from;
    writeListed(batch, listed, sums.data() + from * sumFloats, y, group, {from, height}, first, count);
  }
}

/// Turns sums [position][set][panel][lane in set][16 outputs] into rows of outputs.
void ConvOperation::writeListed(const Batch& batch, const Listed& listed, const float* sums, float* y, int64_t group, Panels panels, int64_t first,
                                int64_t count) const {
  const int64_t out = groupOut(), position = batch.frame.distinct * panels.count * planeLanes;
  int64_t placeOf[batchLanes];
  for (int l = 0; l < batchLanes; l++) {
    const int lane = l % batch.frame.distinct;
    placeOf[l] = (lane / listed.lanes * panels.count * listed.lanes + lane % listed.lanes) * planeLanes;
  }
  for (int64_t co = panels.first * planeLanes; co < std::min(out, (panels.first + panels.count) * planeLanes); co++) {
    const float plus = bias.empty() ? 0.0f : bias[group * out + co];
    const float* from = sums + (co / planeLanes - panels.first) * listed.lanes * planeLanes + co % planeLanes;
    float* to = y + ((group * out + co) * positionsOut + first) * batchLanes;
    for (int64_t p = 0; p < count; p++, from += position, to += batchLanes)
      for (int l = 0; l < batchLanes; l++) to[l] = from[placeOf[l]] + plus;
  }
}

}  // namespace agon
