#pragma once
#include <cstdint>

namespace agon::cuda {

/// What has gone between the host and a device: in how many pieces, and bytes.
struct Transfers {
  int64_t uploads = 0, uploadedBytes = 0, downloads = 0, downloadedBytes = 0;
  Transfers operator-(const Transfers& before) const {
    return {uploads - before.uploads, uploadedBytes - before.uploadedBytes, downloads - before.downloads, downloadedBytes - before.downloadedBytes};
  }
};

}  // namespace agon::cuda
