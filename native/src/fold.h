#pragma once
#include <agon/session.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "graph.h"
#include "tangents.h"

namespace agon {

/// Which example is folded, of how many; elements of its map, and of the value that gradients are taken to, the pass's input; which value that is.
struct FoldPlace {
  int64_t example, examples, size, inputSize;
  int32_t wrt;
};

/// Adds the value of one label to the extremes of an element; a later equal value moves the runner-up only.
inline void foldOne(float value, int32_t label, const ContestArrays& out, int64_t at) {
  if (value > out.best[at]) {
    out.runnerUp[at] = out.best[at];
    out.best[at] = value;
    out.bestLabel[at] = label;
  } else if (value > out.runnerUp[at]) {
    out.runnerUp[at] = value;
  }
  if (value < out.worst[at]) {
    out.runnerDown[at] = out.worst[at];
    out.worst[at] = value;
    out.worstLabel[at] = label;
  } else if (value < out.runnerDown[at]) {
    out.runnerDown[at] = value;
  }
}

/// Turns cotangents of the value that gradients are taken to, here called the input, into map elements: times the factor, summed over the axis.
class MapMaker {
 public:
  MapMaker(const ContestRequest& request, int64_t inputSize, int64_t example);
  /// Whether an axis is summed.
  bool sums() const { return accumulate_; }
  int64_t mapSize() const { return axis_.outer * axis_.inner; }
  /// Of the input.
  int64_t elements() const { return mapSize() * axis_.extent; }
  /// The element of the input that is number c on the axis for map element m.
  int64_t elementOf(int64_t m, int64_t c) const { return (m / axis_.inner * axis_.extent + c) * axis_.inner + m % axis_.inner; }
  /// How the input changes with map elements: every element of theirs by its factor.
  void tangentsOf(const std::vector<int32_t>& members, Tangents& to) const;
  /// map[lane] of map element m, for all lanes of the walk.
  void make(const Walk& walk, const Cotangent& cotangent, int64_t m, float* map) const;
  /// Whether the input is [channels][positions] with the channels summed, so that a map can be made position by position.
  bool isByPosition(int64_t channels) const { return accumulate_ && axis_.outer == 1 && axis_.extent == channels; }
  /// The rows that elements m .. m + mapsTogether - 1 are made of, without their base; false if they do not lie evenly.
  bool rowsOf(const Cotangent& cotangent, int64_t m, MapRows& rows) const;
  /// The same as make() for map element `position`, from the channels' rows.
  void makeAt(const Kernels& kernels, int64_t position, const PositionRows& at, int planes, float* map) const;

 private:
  const SummedAxis axis_;
  const float* const factor_;
  const bool accumulate_;
};

/// Adds the maps of labels first .. first+count-1 to the extremes; those from label 0 on begin them, so that every element is written before it is read, and
/// once. Elements may be added by several threads at once.
class ChunkFold {
 public:
  ChunkFold(const Kernels& kernels, const ContestRequest& request, const FoldPlace& place, int64_t first, int64_t count, const ContestArrays& out);
  ~ChunkFold();
  /// map[0 .. count-1] are the labels' values at element m; the lanes after them are overwritten.
  void add(int64_t m, float* map, int lanes) const;
  /// The same for mapsTogether neighbours whose values are [lane][element]; false, with nothing done, if a value is not finite.
  bool addBlock(int64_t m, const float* values) const;
  /// Throws AGON_NOT_FINITE naming label and example, if a value was not finite.
  void finish() const;

 private:
  struct Sick;
  /// Own maps that are kept: lane -> map.
  struct Kept {
    int64_t lane, map;
  };

  const Kernels& kernels_;
  const FoldPlace place_;
  const int64_t count_;
  const int32_t* const labels_;
  const ContestArrays& out_;
  const bool goesOn_;
  std::vector<Kept> kept_;
  const std::unique_ptr<Sick> sick_;
};

/// Joins the planes of a sum, `step` floats apart, to the lanes of a map element.
inline void joinPlanes(const float* sum, int64_t step, int planes, float* map) {
  for (int p = 0; p < planes; p++) std::copy_n(sum + p * step, planeLanes, map + p * planeLanes);
}

/// Takes the maps of a chunk element by element, by several threads: from the instruction that computes the cotangent of the input, or made from all of it.
class MapSink : public Sink {
 public:
  MapSink(const Graph& graph, int32_t wrt, const MapMaker& maker) : Sink(wrt, firstReader(graph, wrt)), maker_(maker) {}
  /// The cotangents first .. first + count - 1 are in the lanes of the walk.
  void begin(const Walk& walk, int64_t first, int64_t count);
  bool takes(int64_t channels) const override { return maker_.isByPosition(channels); }
  void take(int64_t position, const PositionRows& rows) const override;
  /// All elements, from the cotangent of the input.
  void takeAll(const Cotangent& cotangent) const;
  /// map[lane] of one element; all lanes of the walk, of which those after the count may be overwritten.
  virtual void takeMap(int64_t element, float* map) const = 0;
  /// The same for mapsTogether neighbours whose values are [lane][element]; false, with nothing done, if it takes them otherwise.
  virtual bool takeBlock(int64_t, const float*) const { return false; }

 protected:
  virtual void beginChunk() {}
  bool makeBlock(const Cotangent& cotangent, int64_t element) const;
  const MapMaker& maker_;
  const Walk* walk_ = nullptr;
  int64_t first_ = 0, count_ = 0;
};

/// Folds a chunk into the extremes.
class FoldSink : public MapSink {
 public:
  FoldSink(const Graph& graph, const MapMaker& maker, const ContestRequest& request, const FoldPlace& place, const ContestArrays& out)
      : MapSink(graph, place.wrt, maker), request_(request), place_(place), out_(out) {}
  void takeMap(int64_t element, float* map) const override { fold_->add(element, map, walk_->lanes); }
  bool takeBlock(int64_t element, const float* values) const override { return fold_->addBlock(element, values); }
  /// Throws AGON_NOT_FINITE.
  void finish() const { fold_->finish(); }

 private:
  void beginChunk() override;
  const ContestRequest& request_;
  const FoldPlace& place_;
  const ContestArrays& out_;
  std::unique_ptr<ChunkFold> fold_;
};

/// Sets the extremes of some map elements to those of no label.
void clearExtremes(const ContestArrays& out, int64_t first, int64_t count);

}  // namespace agon
