// Included by hot.h, once per instruction set: lists of terms, which are short, so that whole registers are copied and their ends overwritten.

namespace agon {
namespace AGON_ISA {
namespace {

int64_t listTaps(const TapTerms& of, int32_t* scalar, int32_t* place) {
  int32_t *const first = scalar;
  for (int64_t k = 0; k < of.count; k++) {
    const int32_t tap = of.tap[k];
    if (tap < of.firstTap || tap >= of.lastTap) continue;
    const int32_t* const bucket = of.offsets + of.position[k] * of.groups + of.group;
    const int32_t count = bucket[1] - bucket[0];
    const int32_t *const item = of.item + bucket[0], *const row = of.row + bucket[0];
    const Ints shift = tap * of.stride + of.shift - Ints{};
    for (int32_t i = 0; i < count; i += AGON_WIDTH) {
      *reinterpret_cast<UnalignedInts*>(scalar + i) = *reinterpret_cast<const UnalignedInts*>(item + i) + shift;
      *reinterpret_cast<UnalignedInts*>(place + i) = *reinterpret_cast<const UnalignedInts*>(row + i);
    }
    scalar += count;
    place += count;
  }
  return scalar - first;
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
