#pragma once
#include <agon/program.h>

#include <string>
#include <vector>

/// Files of a pack (scripts/gpu-pack.mjs). Every function throws agon::Error AGON_BAD_FILE, naming the file, for one that is missing, cut short or contradicts
/// itself; sizes are checked against the length of the file before anything is allocated by them.
namespace bench {

/// Bytes of a file that are taken one after the other.
class File {
 public:
  explicit File(const std::string& path);
  int64_t left() const { return static_cast<int64_t>(bytes_.size()) - at_; }
  /// Numbers of T, little-endian as the machine is.
  template <class T>
  std::vector<T> take(int64_t count);
  template <class T>
  T one() {
    return take<T>(1)[0];
  }
  std::string text(int64_t count);
  [[noreturn]] void refuse(const std::string& why) const;
  void check(bool holds, const char* why) const {
    if (!holds) refuse(why);
  }

 private:
  std::string path_;
  std::vector<char> bytes_;
  int64_t at_ = 0;
};

/// A program as scripts/gpu-pack/program-file.mjs writes it.
agon::Program readProgram(const std::string& path);

/// An npy file of version 1 in C order.
template <class T>
struct Numbers {
  std::vector<int64_t> shape;
  std::vector<T> data;
};
Numbers<float> readFloats(const std::string& path);
Numbers<int32_t> readInts(const std::string& path);

bool exists(const std::string& path);

}  // namespace bench
