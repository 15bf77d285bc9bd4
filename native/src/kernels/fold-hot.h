// Included by hot.h, once per instruction set: maps of neighbouring elements, and the extremes over labels.

namespace agon {
namespace AGON_ISA {
namespace {

void maps(const MapRows& of, float* values) {
  const uint32_t zero = static_cast<uint32_t>(of.zero);
  for (int lane = 0; lane < planeLanes; lane += AGON_WIDTH) {
    for (int first = 0; first < mapsTogether; first += AGON_WIDTH) {
      Vector sum[AGON_WIDTH];
#pragma GCC unroll 16
      for (int i = 0; i < AGON_WIDTH; i++) {
        sum[i] = Vector{};
        for (int64_t c = 0; c < of.channels; c++) {
          const int64_t at = c * of.channelStep + (first + i) * of.elementStep;
          const uint32_t row = static_cast<uint32_t>(of.row[at]);
          const Vector value = load(of.rows + int64_t{row < zero ? row : zero} * planeLanes + lane) + 0.0f;
          const Vector product = rounded(of.factor ? value * of.factor[at] : value);
          sum[i] = of.adds ? sum[i] + product : product;
        }
      }
      transpose(sum);
#pragma GCC unroll 16
      for (int l = 0; l < AGON_WIDTH; l++) store(values + (lane + l) * mapsTogether + first, sum[l]);
    }
  }
}

inline bool any(const Ints& lanes) {
  uint64_t parts[AGON_WIDTH / 2], found = 0;
  __builtin_memcpy(parts, &lanes, sizeof parts);
  for (const uint64_t part : parts) found |= part;
  return found != 0;
}

bool fold(const float* values, int64_t count, const int32_t* labels, const ExtremeRows& to, bool goesOn) {
  Vector poison = {};
  for (int64_t i = 0; i < count * mapsTogether; i += AGON_WIDTH) {
    const Vector value = load(values + i);
    poison += value - value;  // 0, or NaN if the value is not finite
  }
  if (any(poison != Vector{})) return false;
  for (int first = 0; first < mapsTogether; first += AGON_WIDTH) {
    UnalignedInts &bestLabels = *reinterpret_cast<UnalignedInts*>(to.bestLabel + first), &worstLabels = *reinterpret_cast<UnalignedInts*>(to.worstLabel + first);
    Vector best = all(-__builtin_inff()), runnerUp = best, worst = all(__builtin_inff()), runnerDown = worst;
    Ints bestLabel = Ints{} - 1, worstLabel = bestLabel;
    if (goesOn) {
      best = loadUnaligned(to.best + first);
      runnerUp = loadUnaligned(to.runnerUp + first);
      worst = loadUnaligned(to.worst + first);
      runnerDown = loadUnaligned(to.runnerDown + first);
      bestLabel = bestLabels;
      worstLabel = worstLabels;
    }
    for (int64_t j = 0; j < count; j++) {
      const Vector value = load(values + j * mapsTogether + first);
      const Ints label = labels[j] - Ints{};
      const Ints isBest = value > best, isWorst = value < worst;
      const Vector second = isBest ? best : value, secondLast = isWorst ? worst : value;
      runnerUp = second > runnerUp ? second : runnerUp;
      runnerDown = secondLast < runnerDown ? secondLast : runnerDown;
      best = isBest ? value : best;
      worst = isWorst ? value : worst;
      bestLabel = isBest ? label : bestLabel;
      worstLabel = isWorst ? label : worstLabel;
    }
    storeUnaligned(to.best + first, best);
    storeUnaligned(to.runnerUp + first, runnerUp);
    storeUnaligned(to.worst + first, worst);
    storeUnaligned(to.runnerDown + first, runnerDown);
    bestLabels = bestLabel;
    worstLabels = worstLabel;
  }
  return true;
}

/// Most labels leave the extremes as they are: only registers with one that does not are gone through, label by label and without a branch.
bool foldLanes(const float* values, int64_t count, const int32_t* labels, const ExtremeRows& to, bool goesOn) {
  float best = -__builtin_inff(), runnerUp = best, worst = __builtin_inff(), runnerDown = worst;
  int32_t bestLabel = -1, worstLabel = -1;
  if (goesOn) best = *to.best, runnerUp = *to.runnerUp, worst = *to.worst, runnerDown = *to.runnerDown, bestLabel = *to.bestLabel, worstLabel = *to.worstLabel;
  Vector poison = {};
  Ints beyond = {};
  for (int64_t i = 0; i < count; i += AGON_WIDTH) {
    const Vector value = load(values + i);
    poison += value - value;  // 0, or NaN if the value is not finite
    beyond |= (value > all(runnerUp)) | (value < all(runnerDown));
  }
  if (any(poison != Vector{})) return false;
  if (goesOn && !any(beyond)) return true;
  for (int64_t first = 0; first < count; first += AGON_WIDTH) {
    const Vector value = load(values + first);
    if (!any((value > all(runnerUp)) | (value < all(runnerDown)))) continue;
    const int64_t end = count - first < AGON_WIDTH ? count : first + AGON_WIDTH;
    for (int64_t j = first; j < end; j++) {
      const float one = values[j];
      const bool isBest = one > best, isWorst = one < worst;
      const float second = isBest ? best : one, secondLast = isWorst ? worst : one;
      runnerUp = second > runnerUp ? second : runnerUp;
      runnerDown = secondLast < runnerDown ? secondLast : runnerDown;
      best = isBest ? one : best;
      worst = isWorst ? one : worst;
      bestLabel = isBest ? labels[j] : bestLabel;
      worstLabel = isWorst ? labels[j] : worstLabel;
    }
  }
  *to.best = best;
  *to.runnerUp = runnerUp;
  *to.worst = worst;
  *to.runnerDown = runnerDown;
  *to.bestLabel = bestLabel;
  *to.worstLabel = worstLabel;
  return true;
}

}  // namespace
}  // namespace AGON_ISA
}  // namespace agon
