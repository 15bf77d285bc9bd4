// NumPy's format, version 1.0: the magic, two bytes of version, two of the header's length, a header of text, the numbers.
#include "file.h"

namespace bench {

namespace {

/// (2, 3) in the header
std::vector<int64_t> shapeIn(const std::string& header, const File& file) {
  const size_t at = header.find("'shape': (");
  file.check(at != std::string::npos, "has no shape");
  std::vector<int64_t> shape;
  int64_t extent = -1;
  for (size_t i = at + 10; i < header.size() && header[i] != ')'; i++) {
    if (header[i] >= '0' && header[i] <= '9') {
      extent = (extent < 0 ? 0 : extent) * 10 + (header[i] - '0');
      file.check(extent < int64_t{1} << 40, "has a shape that is too large");
    } else if (extent >= 0) {
      shape.push_back(extent);
      extent = -1;
    }
  }
  if (extent >= 0) shape.push_back(extent);
  return shape;
}

template <class T>
Numbers<T> read(const std::string& path, const char* type) {
  File file(path);
  file.check(file.text(8) == std::string("\x93NUMPY\x01\x00", 8), "is no npy file of version 1.0");
  const std::string header = file.text(file.one<uint16_t>());
  file.check(header.find(std::string("'descr': '") + type) != std::string::npos, "holds numbers of another type");
  file.check(header.find("'fortran_order': False") != std::string::npos, "is not in C order");
  Numbers<T> numbers{shapeIn(header, file), {}};
  int64_t size = 1;
  for (const int64_t extent : numbers.shape) {
    file.check(extent == 0 || size <= file.left() / extent, "is shorter than its shape says");
    size *= extent;
  }
  file.check(size * 4 == file.left(), "is not as long as its shape says");
  numbers.data = file.take<T>(size);
  return numbers;
}

}  // namespace

Numbers<float> readFloats(const std::string& path) { return read<float>(path, "<f4"); }
Numbers<int32_t> readInts(const std::string& path) { return read<int32_t>(path, "<i4"); }

}  // namespace bench
