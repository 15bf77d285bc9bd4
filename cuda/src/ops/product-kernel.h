#pragma once
#include "../tile.h"
#include "product.h"

namespace agon::cuda {

/// A tile of a product: M items of x at one position (or, in clusters, at `together` positions side by side) by N lanes. See Product. There are fewer than
/// 2^31 weights.
struct ProductPlace {
  Layout x, y;
  const int32_t *offsets, *source, *blockOf;
  int32_t together;  // of a cluster
  const float* weights;
  int64_t byBlock, byPlane, byFrom, byTo;
  Lists wanted;          // null in clusters
  const uint8_t* alive;  // of x
  Lists from;            // of y
  const float* rows;
  Place to;
  float alpha;
};

template <Precision P, int M, int N, int K, bool Clusters>
struct ProductKernel : ProductPlace {
  using Tile = cuda::Tile<P, M, N, K>;
  static constexpr int threads = Tile::threads, blocksTogether = 512 / threads;
  /// Products whose places are looked up together, and terms whose counts are.
  static constexpr int depth = 256, termsTogether = 64;
  static constexpr int loadsA = M * K / threads, loadsB = N * K / threads;
  static_assert(loadsA * threads == M * K && loadsB * threads == N * K && threads % N == 0 && threads % M == 0 && threads % K == 0 && depth % K == 0 && threads > termsTogether);

  struct Shared {
    typename Tile::Shared tile;
    /// Per row of the tile: its element of x, and its item's place in the weights; in clusters its position, too. -1: none.
    int64_t element[M];
    int32_t weightOf[M], slot[Clusters ? M : 1];
    /// Per product: where its row begins, where its weights do, and in clusters its term. -1: none.
    int64_t rowAt[depth];
    int32_t weightAt[depth], term[Clusters ? depth : 1];
    /// Counts of terms, and sums of those before.
    int32_t count[termsTogether], before[termsTogether + 1];
  };
  struct Staged {
    float a[loadsA], b[loadsB];
  };
  /// The first weight of a step that a thread brings, and how far it is to the next one.
  struct PlaceOfA {
    int m, k, byM, byK;
  };

  /// Which positions, plane and stretch of items a block has.
  struct Part {
    int64_t position, plane;
    int32_t first;
  };

  AGON_HD void operator()(const Block<threads>& block, Shared& shared) const {
    const int tiles = Clusters ? 1 : (x.items + M - 1) / M;
    const int64_t list = block.x / tiles;
    const Part part = {list / x.planes, list % x.planes, static_cast<int32_t>(block.x % tiles) * M};
    if (!Clusters && part.first >= wanted.count[list]) return;
    Tile tile;
    tile.clear(block);
    block.each([&](int t) {
      for (int m = t; m < M; m += threads) findRow(shared, part, list, m);
    });
    const int32_t end = offsets[part.position + 1];
    for (int32_t first = offsets[part.position]; first < end; first += termsTogether) {
      const int terms = end - first < termsTogether ? end - first : termsTogether;
      block.each([&](int t) {
        if (t < terms) shared.count[t] = from.count[source[first + t] * static_cast<int64_t>(y.planes) + part.plane];
      });
      block.each([&](int t) {
        if (t > terms) return;
        int32_t sum = 0;
        for (int s = 0; s < t; s++) sum += shared.count[s];
        shared.before[t] = sum;
      });
      const int32_t total = shared.before[terms];
      for (int32_t at = 0; at < total; at += depth) sumSome(block, shared, tile, part.plane, first, terms, at, total - at < depth ? total - at : depth);
    }
    tile.each(block, [&](int m, int n, float sum) {
      const int64_t lane = block.y * N + n;
      if (shared.element[m] >= 0 && lane < to.lanes) to.put(shared.element[m], static_cast<int32_t>(lane), alpha * sum);
    });
  }

 private:
  AGON_HD void findRow(Shared& shared, const Part& part, int64_t list, int m) const {
    shared.element[m] = shared.weightOf[m] = -1;
    if constexpr (Clusters) {
      const int64_t position = part.position * together + m / x.items, item = m % x.items;
      shared.slot[m] = m / x.items;
      if (m / x.items >= together || position >= x.positions) return;
      const int64_t element = x.element(position * x.planes + part.plane, item);
      if (!alive[element]) return;
      shared.element[m] = element;
      shared.weightOf[m] = static_cast<int32_t>(item * byTo);
    } else {
      if (part.first + m >= wanted.count[list]) return;
      const int32_t item = wanted.item[list * x.items + part.first + m];
      shared.element[m] = x.element(list, item);
      shared.weightOf[m] = static_cast<int32_t>(item * byTo);
    }
  }

  /// Adds products at .. at + some - 1 of those of the terms first .. first + terms - 1. What the next step multiplies is on its way from memory while this
  /// one is multiplied.
  AGON_HD void sumSome(const Block<threads>& block, Shared& shared, Tile& tile, int64_t plane, int32_t first, int terms, int32_t at, int some) const {
    block.each([&](int t) {
      for (int i = t; i < depth; i += threads) findProduct(shared, plane, first, terms, at + i, i < some, i);
    });
    PerThread<Staged, threads> staged;
    block.each([&](int t) { load(block, shared, t, 0, staged[t]); });
    for (int step = 0; step < some; step += K) {
      block.each([&](int t) {
        store(shared, t, staged[t]);
        if (step + K < some) load(block, shared, t, step + K, staged[t]);
      });
      tile.multiply(block, shared.tile);
    }
  }

  AGON_HD void findProduct(Shared& shared, int64_t plane, int32_t first, int terms, int32_t at, bool isThere, int i) const {
    shared.rowAt[i] = shared.weightAt[i] = -1;
    if constexpr (Clusters) shared.term[i] = first;
    if (!isThere) return;
    int low = 0, high = terms;  // before[low] <= at < before[high]
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      (shared.before[middle] <= at ? low : high) = middle;
    }
    const int64_t list = source[first + low] * static_cast<int64_t>(y.planes) + plane;
    const int64_t item = from.item[list * y.items + at - shared.before[low]];
    shared.rowAt[i] = y.element(list, item) * to.lanes;
    int64_t weight = plane * byPlane + item * byFrom;
    if constexpr (Clusters) {
      shared.term[i] = first + low;
    } else {
      weight += blockOf[first + low] * byBlock;
    }
    shared.weightAt[i] = static_cast<int32_t>(weight);
  }

  /// Neighbouring threads read neighbouring weights: those of one product, or of one row.
  AGON_HD PlaceOfA placeOfA(int t) const {
    if (byTo <= byFrom) return {t % M, t / M, 0, threads / M};
    return {t / K, t % K, threads / K, 0};
  }

  AGON_HD void load(const Block<threads>& of, const Shared& shared, int t, int step, Staged& staged) const {
    const PlaceOfA at = placeOfA(t);
    AGON_UNROLL for (int i = 0; i < loadsA; i++) staged.a[i] = weight(shared, at.m + i * at.byM, step + at.k + i * at.byK);
    const int64_t lane = of.y * N + t % N;
    AGON_UNROLL for (int i = 0; i < loadsB; i++) {
      const int64_t row = shared.rowAt[step + i * (threads / N) + t / N];
      staged.b[i] = row < 0 || lane >= to.lanes ? 0.0f : rows[row + lane];
    }
  }

  AGON_HD float weight(const Shared& shared, int m, int k) const {
    const int32_t product = shared.weightAt[k], row = shared.weightOf[m];
    if (product < 0 || row < 0) return 0.0f;
    int64_t at = product + row;
    if constexpr (Clusters) {
      const int32_t tap = blockOf[shared.term[k] * static_cast<int64_t>(together) + shared.slot[m]];
      if (tap < 0) return 0.0f;
      at += tap * byBlock;
    }
    return weights[at];
  }

  AGON_HD void store(Shared& shared, int t, const Staged& staged) const {
    const PlaceOfA at = placeOfA(t);
    AGON_UNROLL for (int i = 0; i < loadsA; i++) Tile::storeA(shared.tile, at.k + i * at.byK, at.m + i * at.byM, staged.a[i]);
    AGON_UNROLL for (int i = 0; i < loadsB; i++) Tile::storeB(shared.tile, i * (threads / N) + t / N, t % N, staged.b[i]);
  }
};

/// Tiles of as many rows as lists may well have items: about half of what they could.
template <Precision P>
void runProduct(Device& device, const ProductPlace& place, bool clusters) {
  const auto run = [&](auto kernel, int64_t rows, int64_t columns) {
    static_cast<ProductPlace&>(kernel) = place;
    device.blocks({rows, (place.to.lanes + columns - 1) / columns}, kernel);
  };
  const Layout& x = place.x;
  const auto tiles = [&](int rows) { return x.lists() * ((x.items + rows - 1) / rows); };
  if (clusters) return run(ProductKernel<P, 32, 64, 16, true>{}, (x.positions + place.together - 1) / place.together * x.planes, 64);
  if (x.items > 256) return run(ProductKernel<P, 128, 64, 16, false>{}, tiles(128), 64);
  if (x.items > 96) return run(ProductKernel<P, 64, 64, 16, false>{}, tiles(64), 64);
  if (x.items > 32) return run(ProductKernel<P, 32, 64, 16, false>{}, tiles(32), 64);
  run(ProductKernel<P, 16, 64, 16, false>{}, tiles(16), 64);
}

extern template void runProduct<Precision::Fp32>(Device&, const ProductPlace&, bool);
extern template void runProduct<Precision::Bf16>(Device&, const ProductPlace&, bool);
extern template void runProduct<Precision::Tf32>(Device&, const ProductPlace&, bool);

}  // namespace agon::cuda
