// The tiles of the products: rounding, sums against float64, equal columns, and the registers of the tensor cores.
#include <cmath>
#include <limits>

#include "cuda-check.h"
#include "tile-products.h"

using agon::Precision;
using agon::cuda::bf16Of;
using agon::cuda::bitsOf;
using agon::cuda::floatOf;
using agon::cuda::tf32Of;

namespace {

const char* nameOf(Precision precision) { return precision == Precision::Fp32 ? "fp32" : precision == Precision::Tf32 ? "tf32" : "bf16"; }

struct Rounding {
  uint32_t from, tf32, bf16;
};

/// Halfway and beside it, both signs, carries into the exponent, the largest float, the smallest, infinity. By hand.
constexpr Rounding roundings[] = {
    {0x00000000, 0x00000000, 0x0000}, {0x80000000, 0x80000000, 0x8000}, {0x3f800000, 0x3f800000, 0x3f80}, {0x3f800fff, 0x3f800000, 0x3f80},
    {0x3f801000, 0x3f802000, 0x3f80}, {0x3f803000, 0x3f804000, 0x3f80}, {0xbf801000, 0xbf802000, 0xbf80}, {0xbf800fff, 0xbf800000, 0xbf80},
    {0x3f807fff, 0x3f808000, 0x3f80}, {0x3f808000, 0x3f808000, 0x3f80}, {0x3f808001, 0x3f808000, 0x3f81}, {0x3f818000, 0x3f818000, 0x3f82},
    {0xbf818000, 0xbf818000, 0xbf82}, {0x3ffff000, 0x40000000, 0x4000}, {0x3fffefff, 0x3fffe000, 0x4000}, {0x00000fff, 0x00000000, 0x0000},
    {0x00001000, 0x00002000, 0x0000}, {0x00018001, 0x00018000, 0x0002}, {0x7f7fffff, 0x7f800000, 0x7f80}, {0x7f7fe000, 0x7f7fe000, 0x7f80},
    {0x7f7f7fff, 0x7f7f8000, 0x7f7f}, {0x7f800000, 0x7f800000, 0x7f80}, {0xff800000, 0xff800000, 0xff80}};

void testRounding() {
  for (const Rounding& of : roundings) {
    check::that(tf32Of(floatOf(of.from)) == of.tf32, "tf32 of " + std::to_string(of.from));
    check::that(bf16Of(floatOf(of.from)) == of.bf16, "bf16 of " + std::to_string(of.from));
  }
  for (const uint32_t nan : {0x7fc00000u, 0x7fffffffu, 0xffffffffu, 0x7f800001u}) {
    check::that(std::isnan(floatOf(tf32Of(floatOf(nan)))), "tf32 of NaN");
    check::that(std::isnan(floatOf(static_cast<uint32_t>(bf16Of(floatOf(nan))) << 16)), "bf16 of NaN");
  }
}

float operandOf(Precision precision, float value) {
  if (precision == Precision::Fp32) return value;
  return floatOf(precision == Precision::Tf32 ? tf32Of(value) : static_cast<uint32_t>(bf16Of(value)) << 16);
}

template <class Product>
std::vector<float> run(const std::vector<float>& a, const std::vector<float>& b, size_t size, int32_t depth) {
  std::vector<float> out(size, std::numeric_limits<float>::quiet_NaN());
  typename Product::Shared shared;
  std::memset(static_cast<void*>(&shared), 0xff, sizeof shared);
  Product{a.data(), b.data(), out.data(), depth}({0, 0, 0}, shared);
  return out;
}

/// Largest difference from the products of the rounded operands in float64, in roundings of a sum of `depth` terms.
double apart(Precision precision, const std::vector<float>& a, const std::vector<float>& b, const std::vector<float>& out, int m, int n, int32_t depth) {
  double worst = 0;
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      double sum = 0, size = 0;
      for (int32_t k = 0; k < depth; k++) {
        const double term = static_cast<double>(operandOf(precision, a[k * m + i])) * operandOf(precision, b[k * n + j]);
        sum += term;
        size += std::fabs(term);
      }
      const double found = std::fabs(out[i * n + j] - sum) / (size * depth * 0x1p-24 + 1e-30);
      worst = found <= worst ? worst : found;  // NaN is worst
    }
  }
  return worst;
}

struct TestProducts {
  Random random{11};

  template <Precision P, int M, int N, int K>
  void operator()() {
    using Product = TileProduct<P, M, N, K>;
    const std::string name = std::string(nameOf(P)) + " tile " + std::to_string(M) + " x " + std::to_string(N) + " by " + std::to_string(K);
    constexpr int32_t depth = 2 * K + 3;  // the last step has zeros
    const auto a = normal(depth * M, random);
    auto b = normal(depth * N, random);
    for (int32_t k = 0; k < depth; k++) b[k * N + N - 1] = b[k * N + N / 2 + 3] = b[k * N];
    const auto out = run<Product>(a, b, M * N, depth);
    const double error = apart(P, a, b, out, M, N, depth);
    check::that(error < 1.5, name + ": " + std::to_string(error) + " roundings apart");
    bool same = true;
    for (int m = 0; m < M; m++) same = same && out[m * N] == out[m * N + N - 1] && out[m * N] == out[m * N + N / 2 + 3];
    check::that(same, name + ": equal columns give equal bits");
  }
};

/// A warp's registers for one instruction, and what it does with them, straight from the PTX ISA (9.7.14.5.7, "Matrix Fragments for mma.m16n8k8", and
/// 9.7.14.5.8, "... mma.m16n8k16 with floating point type"): element i of a thread's fragment of A, of B and of C, in matrices of 16 x k, k x 8 and 16 x 8.
struct Warp {
  uint32_t a[32][4], b[32][2];

  static float half(uint32_t word, int i) { return floatOf(i % 2 ? word & 0xffff0000u : word << 16); }

  void matrices(Precision precision, int depth, std::vector<float>& rows, std::vector<float>& columns) const {
    rows.assign(16 * depth, std::numeric_limits<float>::quiet_NaN());
    columns.assign(depth * 8, std::numeric_limits<float>::quiet_NaN());
    for (int lane = 0; lane < 32; lane++) {
      const int group = lane >> 2, inGroup = lane % 4;
      if (precision == Precision::Tf32) {
        for (int i = 0; i < 4; i++) rows[(i == 0 || i == 2 ? group : group + 8) * 8 + (i < 2 ? inGroup : inGroup + 4)] = floatOf(a[lane][i]);
        for (int i = 0; i < 2; i++) columns[(i == 0 ? inGroup : inGroup + 4) * 8 + group] = floatOf(b[lane][i]);
      } else if (depth == 16) {
        for (int i = 0; i < 8; i++) {
          const int row = i < 2 || (i >= 4 && i < 6) ? group : group + 8, column = inGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0);
          rows[row * 16 + column] = half(a[lane][i / 2], i);
        }
        for (int i = 0; i < 4; i++) columns[(inGroup * 2 + (i & 1) + (i >= 2 ? 8 : 0)) * 8 + group] = half(b[lane][i / 2], i);
      } else {
        for (int i = 0; i < 4; i++) rows[(i < 2 ? group : group + 8) * 8 + inGroup * 2 + (i & 1)] = half(a[lane][i / 2], i);
        for (int i = 0; i < 2; i++) columns[(inGroup * 2 + i) * 8 + group] = half(b[lane][0], i);
      }
    }
  }

  /// sums[lane][i] += element i of the lane's fragment of the product.
  void multiply(Precision precision, int depth, float (&sums)[32][4]) const {
    std::vector<float> rows, columns;
    matrices(precision, depth, rows, columns);
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 4; i++) {
        const int row = i < 2 ? lane >> 2 : (lane >> 2) + 8, column = lane % 4 * 2 + (i & 1);
        for (int k = 0; k < depth; k++) sums[lane][i] += rows[row * depth + k] * columns[k * 8 + column];
      }
    }
  }
};

/// Every fragment of every warp of a step, multiplied by the definition of the instruction: the same bits as those of the host.
struct TestFragments {
  Random random{12};

  template <Precision P, int M, int N, int K>
  void operator()() {
    if constexpr (P != Precision::Fp32) {
      using Product = TileProduct<P, M, N, K>;
      using Tile = typename Product::Tile;
      const auto a = normal(K * M, random), b = normal(K * N, random);
      typename Product::Shared shared;
      const Product product{a.data(), b.data(), nullptr, K};
      for (int thread = 0; thread < Product::threads; thread++) product.stage(shared, thread, 0);
      std::vector<float> found(M * N, std::numeric_limits<float>::quiet_NaN());
      for (int first = 0; first < Product::threads; first += 32)
        for (int i = 0; i < Tile::fragmentsN; i++)
          for (int j = 0; j < Tile::fragmentsM; j++) multiply<P, N, Tile>(shared, first, i, j, found);
      check::that(found == run<Product>(a, b, M * N, K), std::string(nameOf(P)) + " fragments of " + std::to_string(M) + " x " + std::to_string(N) + " by " + std::to_string(K));
    }
  }

  template <Precision P, int N, class Tile>
  static void multiply(const typename Tile::Shared& shared, int first, int i, int j, std::vector<float>& found) {
    float sums[32][4] = {};
    for (int word = 0; word < Tile::words; word += Tile::wordsTogether) {
      Warp warp{};
      for (int lane = 0; lane < 32; lane++) {
        Tile::readN(shared, first + lane, word, i, warp.a[lane]);
        Tile::readM(shared, first + lane, word, j, warp.b[lane]);
      }
      warp.multiply(P, Tile::wordsTogether * Tile::perWord, sums);
    }
    for (int lane = 0; lane < 32; lane++)
      for (int c = 0; c < 4; c++) found[Tile::mOf(first + lane, j, c) * N + Tile::nOf(first + lane, i, c)] = sums[lane][c];
  }
};

}  // namespace

void testTileProducts() {
  testRounding();
  eachTile(TestProducts{});
  eachTile(TestFragments{});
}
