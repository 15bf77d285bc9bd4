// agon_cuda_bench kinds | agree PACK [MODEL ...] | time PACK SECONDS [MODEL ...]: lines of JSON. Exit code 0: all is well; 1: something differs, or failed; 2: wrong
// arguments; 77: there is no GPU.
#include <agon/cuda-session.h>

#include <cstdlib>

#include "line.h"
#include "net.h"

namespace {

/// A program of nothing, to see whether there is a GPU.
void printDevice() {
  agon::Program nothing;
  nothing.values.push_back({1, {}});
  const agon::cuda::Session session(nothing, 0);
  bench::Line("device").text("name", session.deviceName()).count("capability", session.capability()).print();
}

/// One model after the other, so that one that fails does not keep the rest from running.
template <class Use>
bool eachNet(const std::string& pack, std::vector<std::string> names, Use use) {
  if (names.empty()) names = bench::netNames(pack);
  bool pass = true;
  for (const std::string& name : names) {
    try {
      pass = use(bench::readNet(pack, name)) && pass;
    } catch (const agon::Error& error) {
      bench::Line("failure").text("model", name).text("code", error.code()).text("error", error.what()).flag("pass", false).print();
      pass = false;
    }
  }
  return pass;
}

int run(const std::vector<std::string>& arguments) {
  const std::string what = arguments.empty() ? "" : arguments[0];
  const size_t fixed = what == "kinds" ? 1 : what == "agree" ? 2 : what == "time" ? 3 : 0;
  if (fixed == 0 || arguments.size() < fixed || (what == "kinds" && arguments.size() > 1)) {
    std::fprintf(stderr, "usage: agon_cuda_bench kinds | agree PACK [MODEL ...] | time PACK SECONDS [MODEL ...]\n");
    return 2;
  }
  printDevice();
  const std::vector<std::string> names(arguments.begin() + static_cast<std::ptrdiff_t>(fixed), arguments.end());
  if (what == "kinds") return bench::compareKinds() ? 0 : 1;
  if (what == "agree") return eachNet(arguments[1], names, bench::compareNet) ? 0 : 1;
  const double seconds = std::atof(arguments[2].c_str());
  return eachNet(arguments[1], names, [&](const bench::Net& net) { return bench::timeNet(net, seconds), true; }) ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run({arguments + 1, arguments + count});
  } catch (const agon::Error& error) {
    const bool unavailable = error.code() == "AGON_UNAVAILABLE";
    std::printf("%s: %s\n", unavailable ? "skipped" : "failed", error.what());
    return unavailable ? 77 : 1;
  }
}
