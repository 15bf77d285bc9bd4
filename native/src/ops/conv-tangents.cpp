// Tangents through a convolution: what changes at the input positions that change, in all channels of the output positions that see them.
#include <algorithm>

#include "../tangents.h"
#include "conv.h"

namespace agon {

namespace {

class ConvCarrier : public Carrier {
 public:
  ConvCarrier(const ConvOperation& conv, const Kernels& kernels, const Mask& wanted) : conv_(conv), kernels_(kernels), wanted_(&wanted) {}

  void carry(const Tangents& from, Tangents& to, CarrierScratch& scratch) const override {
    locate(from, scratch);
    reach(scratch);
    list(from.width, scratch);
    const int64_t slots = static_cast<int64_t>(scratch.reached.size());
    to.clear(from.width, slots * conv_.channelsOut);
    if (scratch.sums.size() < sumStep(from.width) * blocks()) scratch.sums = Buffer(sumStep(from.width) * blocks());
    scratch.products += scratch.offsets[slots] * from.width * conv_.paddedOut();
    for (int64_t slot = 0; slot < slots; slot++) {
      sum(from, slot, scratch);
      write(scratch.reached[slot], scratch.sums.data(), to);
    }
    for (const int32_t position : scratch.reached) scratch.slotOf[position] = -1;
  }

  int32_t first(int32_t element) const override {
    const int64_t position = element % conv_.positionsIn, from = conv_.byInput.offsets[position];
    return from < conv_.byInput.offsets[position + 1] ? conv_.byInput.position[from] : -1;
  }

  bool narrow(const Mask& wanted) override {
    wanted_ = &wanted;
    return true;
  }

 private:
  /// Where the listed elements are: one division each, for three rounds.
  void locate(const Tangents& from, CarrierScratch& scratch) const {
    scratch.channel.resize(from.count);
    scratch.position.resize(from.count);
    const uint32_t positions = static_cast<uint32_t>(conv_.positionsIn);
    for (int64_t i = 0; i < from.count; i++) {
      const uint32_t element = static_cast<uint32_t>(from.element(i)), channel = element / positions;
      scratch.channel[i] = static_cast<int32_t>(channel);
      scratch.position[i] = static_cast<int32_t>(element - channel * positions);
    }
  }

  /// visit(listed element, tap, output position)
  template <class Visit>
  void each(const CarrierScratch& scratch, Visit visit) const {
    const int32_t *offsets = conv_.byInput.offsets.data(), *tap = conv_.byInput.tap.data(), *position = conv_.byInput.position.data();
    for (size_t i = 0; i < scratch.position.size(); i++)
      for (int32_t k = offsets[scratch.position[i]]; k < offsets[scratch.position[i] + 1]; k++) visit(i, tap[k], position[k]);
  }

  /// Gives every output position that changes a slot, in ascending order.
  void reach(CarrierScratch& scratch) const {
    scratch.slotOf.resize(conv_.positionsOut, -1);
    scratch.reached.clear();
    each(scratch, [&](size_t, int32_t, int32_t position) {
      if (scratch.slotOf[position] < 0) scratch.reached.push_back(position);
      scratch.slotOf[position] = 0;
    });
    std::sort(scratch.reached.begin(), scratch.reached.end());
    for (size_t s = 0; s < scratch.reached.size(); s++) scratch.slotOf[scratch.reached[s]] = static_cast<int32_t>(s);
  }

  /// Lists the terms of every slot: a listed element and the row of weights of its channel and tap.
  void list(int64_t width, CarrierScratch& scratch) const {
    auto& offsets = scratch.offsets;
    offsets.assign(scratch.reached.size() + 2, 0);
    each(scratch, [&](size_t, int32_t, int32_t position) { offsets[scratch.slotOf[position] + 2]++; });
    for (size_t s = 2; s < offsets.size(); s++) offsets[s] += offsets[s - 1];
    scratch.scalar.resize(offsets.back());
    scratch.place.resize(offsets.back());
    const int32_t channels = static_cast<int32_t>(conv_.channelsIn), step = static_cast<int32_t>(width);
    each(scratch, [&](size_t i, int32_t tap, int32_t position) {
      const int32_t at = offsets[scratch.slotOf[position] + 1]++;
      scratch.scalar[at] = static_cast<int32_t>(i) * step;
      scratch.place[at] = tap * channels + scratch.channel[i];
    });
  }

  /// Output channels in blocks of 16: the planes of a row of weights.
  int64_t blocks() const { return conv_.paddedOut() / planeLanes; }
  static int64_t sumStep(int64_t width) { return (width | 1) * planeLanes; }

  /// [block][width][16] for the terms of a slot.
  void sum(const Tangents& from, int64_t slot, const CarrierScratch& scratch) const {
    const int32_t begin = scratch.offsets[slot], end = scratch.offsets[slot + 1];
    int32_t at[mostWidth];
    for (int32_t r = 0; r < mostWidth; r++) at[r] = r;
    for (int64_t b = 0; b < blocks(); b += mostPlanes) {
      const int planes = static_cast<int>(std::min<int64_t>(mostPlanes, blocks() - b));
      kernels_.mix({from.changes(), conv_.forwardScalars(0, b * planeLanes), scratch.scalar.data() + begin, scratch.place.data() + begin, end - begin},
                   {at, scratch.sums.data() + b * sumStep(from.width), from.width},
                   {planes, conv_.taps * conv_.channelsIn * planeLanes, sumStep(from.width)});
    }
  }

  /// Lists what is wanted of an output position.
  void write(int64_t position, const float* sums, Tangents& to) const {
    const uint8_t* const wanted = wanted_->data();
    for (int64_t co = 0; co < conv_.channelsOut; co++) {
      const int64_t element = co * conv_.positionsOut + position;
      if (!wanted[element]) continue;
      const float* const from = sums + co / planeLanes * sumStep(to.width) + co % planeLanes;
      float* const into = to.add(static_cast<int32_t>(element));
      for (int64_t r = 0; r < to.width; r++) into[r] = from[r * planeLanes];
    }
  }

  const ConvOperation& conv_;
  const Kernels& kernels_;
  const Mask* wanted_;
};

}  // namespace

std::unique_ptr<Carrier> ConvOperation::carrier(const Frame& frame) const {
  if (groups > 1) return nullptr;
  return std::make_unique<ConvCarrier>(*this, frame.kernels, *frame.wanted[outputs[0]]);
}

}  // namespace agon
