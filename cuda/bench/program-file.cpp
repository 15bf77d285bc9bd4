// A program: all sizes up front, then all numbers. int64: magic, version, values, instructions, tables, input, output; per value its size and how its numbers
// are given; per instruction kind, inputs, outputs, ints, numbers, tables; per table its size. Then, in this order, words of 4 bytes: the numbers of constants,
// and of each instruction inputs, outputs, ints, numbers and tables.
#include "draw.h"
#include "file.h"

namespace bench {

namespace {

constexpr int64_t magic = 0x474f52504e4f4741, version = 1;  // "AGONPROG"
/// How the numbers of a value are given: not (it is no constant), one by one, or drawn (draw.h).
constexpr int64_t none = 0, stored = 1, drawn = 2;
constexpr int64_t largest = int64_t{1} << 31;

struct Sizes {
  std::vector<int64_t> values, instructions, tables;
  int64_t input, output;
};

Sizes readSizes(File& file) {
  const auto head = file.take<int64_t>(7);
  file.check(head[0] == magic, "is no program");
  file.check(head[1] == version, "is of another version");
  for (int i = 2; i < 5; i++) file.check(head[i] >= 0 && head[i] <= file.left() / 8, "is shorter than its sizes say");
  file.check(head[5] >= 0 && head[5] < head[2] && head[6] >= 0 && head[6] < head[2], "has no such input or output");
  Sizes sizes{file.take<int64_t>(2 * head[2]), file.take<int64_t>(6 * head[3]), file.take<int64_t>(head[4]), head[5], head[6]};
  return sizes;
}

/// The words that sizes ask for. Throws where they are not exactly those that are left.
void checkSizes(const Sizes& sizes, const File& file) {
  int64_t words = 0, tables = 0;
  const auto add = [&](int64_t count) {
    file.check(count >= 0 && count <= file.left() / 4 - words, "is shorter than its sizes say");
    words += count;
  };
  for (size_t v = 0; v < sizes.values.size(); v += 2) {
    const int64_t size = sizes.values[v], how = sizes.values[v + 1];
    file.check(size >= 0 && size < largest && how >= none && how <= drawn, "has a value of no size");
    add(how == stored ? size : how == drawn ? 3 : 0);
  }
  for (size_t i = 0; i < sizes.instructions.size(); i += 6) {
    for (size_t part = 1; part < 5; part++) add(sizes.instructions[i + part]);
    const int64_t own = sizes.instructions[i + 5];
    file.check(own >= 0 && own <= static_cast<int64_t>(sizes.tables.size()) - tables, "has fewer tables than its instructions");
    tables += own;
  }
  for (const int64_t size : sizes.tables) add(size);
  file.check(tables == static_cast<int64_t>(sizes.tables.size()), "has more tables than its instructions");
  file.check(words * 4 == file.left(), "is longer than its sizes say");
}

std::vector<float> constantOf(File& file, int64_t size, int64_t how) {
  if (how == none) return {};
  if (how == stored) return file.take<float>(size);
  const auto seed = file.one<uint32_t>();
  const auto law = file.take<float>(2);
  return draw(size, seed, law[0], law[1]);
}

}  // namespace

agon::Program readProgram(const std::string& path) {
  File file(path);
  const Sizes sizes = readSizes(file);
  checkSizes(sizes, file);
  agon::Program program;
  program.input = static_cast<int32_t>(sizes.input);
  program.output = static_cast<int32_t>(sizes.output);
  for (size_t v = 0; v < sizes.values.size(); v += 2)
    program.values.push_back({sizes.values[v], constantOf(file, sizes.values[v], sizes.values[v + 1])});
  size_t table = 0;
  for (size_t i = 0; i < sizes.instructions.size(); i += 6) {
    const int64_t* own = sizes.instructions.data() + i;
    agon::Instruction made;
    made.kind = static_cast<agon::Kind>(own[0]);
    made.inputs = file.take<int32_t>(own[1]);
    made.outputs = file.take<int32_t>(own[2]);
    made.ints = file.take<int32_t>(own[3]);
    made.numbers = file.take<float>(own[4]);
    for (int64_t t = 0; t < own[5]; t++) made.tables.push_back(file.take<int32_t>(sizes.tables[table++]));
    program.instructions.push_back(std::move(made));
  }
  return program;
}

}  // namespace bench
