#include "file.h"

#include <agon/error.h>

#include <cstring>
#include <fstream>

namespace bench {

namespace {

[[noreturn]] void bad(const std::string& path, const std::string& why) { throw agon::Error("AGON_BAD_FILE", path + ": " + why); }

std::vector<char> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) bad(path, "cannot be opened");
  std::vector<char> bytes(static_cast<size_t>(file.tellg()));
  file.seekg(0);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) bad(path, "cannot be read");
  return bytes;
}

}  // namespace

File::File(const std::string& path) : path_(path), bytes_(contents(path)) {}

void File::refuse(const std::string& why) const { bad(path_, why); }

template <class T>
std::vector<T> File::take(int64_t count) {
  const auto width = static_cast<int64_t>(sizeof(T));
  if (count < 0 || count > left() / width) refuse("is cut short: expected " + std::to_string(count) + " numbers at byte " + std::to_string(at_));
  std::vector<T> numbers(static_cast<size_t>(count));
  if (count > 0) std::memcpy(numbers.data(), bytes_.data() + at_, static_cast<size_t>(count * width));
  at_ += count * width;
  return numbers;
}

template std::vector<float> File::take<float>(int64_t);
template std::vector<int32_t> File::take<int32_t>(int64_t);
template std::vector<uint32_t> File::take<uint32_t>(int64_t);
template std::vector<int64_t> File::take<int64_t>(int64_t);
template std::vector<uint16_t> File::take<uint16_t>(int64_t);
template std::vector<char> File::take<char>(int64_t);

std::string File::text(int64_t count) {
  const auto taken = take<char>(count);
  return {taken.begin(), taken.end()};
}

bool exists(const std::string& path) { return std::ifstream(path).good(); }

}  // namespace bench
