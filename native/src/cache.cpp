#include "cache.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

namespace agon {

int64_t countOfList(const std::string& list) {
  int64_t count = 0;
  std::istringstream ranges(list);
  for (std::string range; std::getline(ranges, range, ',');) {
    const size_t dash = range.find('-');
    const int64_t first = std::atoll(range.c_str()), last = dash == std::string::npos ? first : std::atoll(range.c_str() + dash + 1);
    count += last - first + 1;
  }
  return count;
}

int64_t bytesOfSize(const std::string& size) {
  const int64_t unit = size.find('K') != std::string::npos ? 1 << 10 : size.find('M') != std::string::npos ? 1 << 20 : 1;
  return std::atoll(size.c_str()) * unit;
}

namespace {

#if defined(__linux__)
std::string lineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

int64_t findSecondCache() {
  for (int index = 0;; index++) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const std::string level = lineOf(folder + "level");
    if (level.empty()) return 0;
    if (level == "2") return bytesOfSize(lineOf(folder + "size")) / std::max<int64_t>(1, countOfList(lineOf(folder + "shared_cpu_list")));
  }
}
#elif defined(__APPLE__)
int64_t numberOf(const char* name) {
  int64_t value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, nullptr, 0) == 0 ? value : 0;
}

int64_t findSecondCache() { return numberOf("hw.perflevel0.l2cachesize") / std::max<int64_t>(1, numberOf("hw.perflevel0.cpusperl2")); }
#else
int64_t findSecondCache() { return 0; }
#endif

}  // namespace

int64_t nearBytes() {
  static const int64_t bytes = std::max<int64_t>(512 << 10, 3 * findSecondCache() / 4);
  return bytes;
}

}  // namespace agon
