#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "arena.h"
#include "rows.h"

namespace agon {

struct Frame;

/// The most elements of a map whose tangents are carried together.
constexpr int64_t mostWidth = 16;

/// How a value changes with some elements of a map: for each of the listed elements of the value `width` numbers, one per element of the map. The others
/// do not change.
struct Tangents {
  int64_t width = 0, count = 0;

  int32_t element(int64_t i) const { return element_[i]; }
  const float* at(int64_t i) const { return change_.data() + i * width; }
  /// The changes of all listed elements: [listed element][width].
  const float* changes() const { return change_.data(); }
  /// Forgets all; then at most so many may be added.
  void clear(int64_t toWidth, int64_t most) {
    width = toWidth;
    count = 0;
    if (static_cast<int64_t>(element_.size()) < most) element_.resize(most);
    if (static_cast<int64_t>(change_.size()) < most * width) change_.resize(most * width);
  }
  /// Lists an element; its changes are to be written.
  float* add(int32_t of) {
    element_[count] = of;
    return change_.data() + width * count++;
  }

 private:
  std::vector<int32_t> element_;
  std::vector<float> change_;
};

/// What one thread needs to carry tangents through one operation; empty at first.
struct CarrierScratch {
  std::vector<int32_t> channel, position, slotOf, reached, offsets, scalar, place;
  Buffer sums;
  /// Multiplications of all calls so far.
  int64_t products = 0;
};

/// The derivative of an operation at an example, forwards: the transposed map of its backward pass. The frame must outlive it.
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// The changes of the wanted elements of the output. An order of elements that depends on `from` alone.
  virtual void carry(const Tangents& from, Tangents& to, CarrierScratch& scratch) const = 0;
  /// The first element of the output that an element of the input changes; -1 = none. Elements of the input with the same one change much the same output.
  virtual int32_t first(int32_t element) const = 0;
  /// Where the output is the input, apart from elements that are not wanted: those that are.
  virtual const Mask* mask() const { return nullptr; }
  /// Makes carry() list no others than these from now on; false if it cannot.
  virtual bool narrow(const Mask&) { return false; }
};

/// Output element e changes by coefficient[e] (1 where there is none) times input element e.
class ElementCarrier : public Carrier {
 public:
  explicit ElementCarrier(const Mask& wanted, std::vector<float> coefficient = {}) : wanted_(wanted), coefficient_(std::move(coefficient)) {}
  void carry(const Tangents& from, Tangents& to, CarrierScratch&) const override;
  int32_t first(int32_t element) const override { return wanted_[element] ? element : -1; }
  const Mask* mask() const override { return coefficient_.empty() ? &wanted_ : nullptr; }

 private:
  const Mask& wanted_;
  const std::vector<float> coefficient_;
};

/// Output element y changes as the input element winner[y] does.
class WinnerCarrier : public Carrier {
 public:
  WinnerCarrier(const std::vector<int32_t>& winner, const Mask& wanted, int64_t inputSize);
  void carry(const Tangents& from, Tangents& to, CarrierScratch&) const override;
  int32_t first(int32_t element) const override { return offsets_[element] < offsets_[element + 1] ? won_[offsets_[element]] : -1; }

 private:
  std::vector<int32_t> offsets_, won_;  // input element x won the wanted elements won_[offsets_[x]] ..
};

}  // namespace agon
