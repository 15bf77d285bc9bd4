#include "net.h"

#include <fstream>

#include "file.h"

namespace bench {

namespace {

void checkSize(size_t found, int64_t expected, const std::string& what) {
  if (static_cast<int64_t>(found) != expected)
    throw agon::Error("AGON_BAD_FILE", what + ": expected " + std::to_string(expected) + " numbers, found " + std::to_string(found));
}

std::vector<float> floatsOf(const std::string& path, int64_t expected) {
  auto numbers = readFloats(path).data;
  checkSize(numbers.size(), expected, path);
  return numbers;
}

std::vector<int32_t> labelsOf(const std::string& path, int64_t expected) {
  auto labels = readInts(path).data;
  checkSize(labels.size(), expected, path);
  return labels;
}

/// gradients.npy [labels, input] may hold fewer labels than the sample.
std::vector<float> gradientsIn(const std::string& path, const Net& net) {
  const auto numbers = readFloats(path);
  const bool fits = numbers.shape.size() == 2 && numbers.shape[1] == net.inputSize() && numbers.shape[0] <= static_cast<int64_t>(net.sample.size());
  if (!fits) throw agon::Error("AGON_BAD_FILE", path + ": expected [labels of the sample or fewer, " + std::to_string(net.inputSize()) + "]");
  return numbers.data;
}

Expected readExpected(const std::string& folder, const std::string& engine, const Net& net) {
  const std::string from = folder + engine + "-";
  const int64_t map = net.mapSize();
  return {engine,
          floatsOf(from + "logits.npy", net.labels()),
          gradientsIn(from + "gradients.npy", net),
          floatsOf(from + "best.npy", map),
          floatsOf(from + "worst.npy", map),
          labelsOf(from + "best-label.npy", map),
          labelsOf(from + "worst-label.npy", map)};
}

}  // namespace

std::vector<std::string> netNames(const std::string& pack) {
  std::ifstream file(pack + "/models.txt");
  if (!file) throw agon::Error("AGON_BAD_FILE", pack + "/models.txt: cannot be opened");
  std::vector<std::string> names;
  for (std::string name; std::getline(file, name);)
    if (!name.empty()) names.push_back(name);
  return names;
}

Net readNet(const std::string& pack, const std::string& name) {
  const std::string folder = pack + "/" + name + "/";
  Net net;
  net.name = name;
  net.program = readProgram(folder + "program.bin");
  net.input = floatsOf(folder + "input.npy", net.inputSize());
  net.sample = readInts(folder + "sample.npy").data;
  for (const int32_t label : net.sample)
    if (label < 0 || label >= net.labels()) throw agon::Error("AGON_BAD_FILE", folder + "sample.npy: no such label: " + std::to_string(label));
  if (exists(folder + "sum.npy")) {
    const auto axis = labelsOf(folder + "sum.npy", 3);
    net.sums = true;
    net.sum = {axis[0], axis[1], axis[2]};
    checkSize(net.input.size(), net.sum.outer * net.sum.extent * net.sum.inner, folder + "sum.npy");
  }
  for (const char* engine : {"cpu", "reference"})
    if (exists(folder + engine + "-logits.npy")) net.expected.push_back(readExpected(folder, engine, net));
  return net;
}

}  // namespace bench
