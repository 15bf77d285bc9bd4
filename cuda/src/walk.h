#pragma once
#include <agon/session.h>

#include "graph.h"

namespace agon::cuda {

/// What the lanes of a walk carry back: label k of example n in lane n labels + k.
struct Lanes {
  int32_t examples = 1, labels = 1;
  AGON_HD int32_t count() const { return examples * labels; }
  AGON_HD int32_t exampleOf(int32_t lane) const { return examples == 1 ? 0 : lane / labels; }
  /// The place of a lane among [labels, examples].
  AGON_HD int32_t byLabel(int32_t lane) const { return examples == 1 ? lane : lane % labels * examples + lane / labels; }
  /// The lane at a place among [labels, examples].
  AGON_HD int32_t laneAt(int32_t place) const { return examples == 1 ? place : place % examples * labels + place / examples; }
};

/// Where the cotangent of a value goes: row e, if element e is one of those that the instruction gives to, is written, or added to where `held` says that
/// something is there.
struct Place {
  float* rows;
  const uint8_t* held;  // null: nothing
  int32_t lanes;
  AGON_HD void put(int64_t e, int32_t lane, float value) const {
    float& at = rows[e * lanes + lane];
    at = held && held[e] ? at + value : value;
  }
};

/// Cotangents of one value: row e of [size, lanes] where alive[e], and 0 in every other row, which holds nothing. Only wanted elements are alive.
struct Cotangent {
  Floats rows;
  Mask alive;
  explicit operator bool() const { return static_cast<bool>(rows); }
};

/// One walk from the output to the wanted values, for one chunk of labels.
class Walk {
 public:
  Walk(Frame& frame, Lanes lanes, Precision precision) : frame(frame), lanes(lanes), precision(precision), pending_(frame.graph.size.size()) {}

  Frame& frame;
  const Lanes lanes;
  /// Of the products of convolutions and matrix products.
  const Precision precision;

  bool wants(int32_t value) const { return value >= 0 && frame.wanted[value] != nullptr; }
  const uint8_t* wanted(int32_t value) const { return frame.wanted[value]->data(); }
  bool reached(int32_t value) const { return static_cast<bool>(pending_[value]); }
  const float* rows(int32_t value) const { return pending_[value].rows.data(); }
  const uint8_t* alive(int32_t value) const { return pending_[value].alive->data(); }

  /// Where a wanted value takes its cotangent.
  Place place(int32_t value);
  /// Says which rows of a value have been put to its place: those of `mask`, or of all wanted elements.
  void settle(int32_t value, Mask mask);
  void settle(int32_t value) { settle(value, frame.wanted[value]); }
  /// Hands the cotangent of y on to x, which has as many elements, element by element; only rows of wanted elements stay alive.
  void move(int32_t y, int32_t x);
  /// Gives a whole cotangent to a value that nothing has reached yet.
  void begin(int32_t value, Cotangent cotangent) { pending_[value] = std::move(cotangent); }
  Cotangent take(int32_t value) { return std::move(pending_[value]); }
  void drop(int32_t value) { pending_[value] = {}; }

 private:
  std::vector<Cotangent> pending_;
};

/// a and b, and a or b, element by element; a or b may be null, which is all, or none.
Mask both(Frame& frame, const Mask& a, const Mask& b);
Mask either(Frame& frame, const Mask& a, const Mask& b);

/// Walks one chunk back from the output to `target`, whose cotangent it returns; empty: zero for every label.
Cotangent walkBack(Walk& walk, Cotangent seeds, int32_t target, const std::atomic<bool>* abort);
/// The same from a value through which every path leads.
Cotangent walkBetween(Walk& walk, int32_t from, Cotangent seeds, int32_t target, const std::atomic<bool>* abort);

/// Bytes of cotangents and scratch that a walk of so many lanes takes at most.
int64_t walkBytes(const Frame& frame, int32_t from, int32_t target, int64_t lanes);

}  // namespace agon::cuda
