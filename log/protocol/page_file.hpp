#pragma once
#include <string>

#include "kappa/log/directory.hpp"
#include "seam/shared_page.hpp"

namespace kappa::log {

/// A file of one page by which processes agree. Who may write makes it, filled with zeros, where it is missing or
/// short. Who may only read has zeros in its place: what they say is what a page says that was not recovered since the
/// machine started, so the files behind it are read as then. Thread-safe.
class PageFile {
 public:
  [[nodiscard]] static Result<PageFile> open(Seam& seam, const std::string& path, Access access);

  [[nodiscard]] const SharedPage& page() const { return page_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_missing() const { return !file_.is_open(); }
  /// False once the file that was opened has lost its name.
  [[nodiscard]] bool linked() const { return is_missing() || seam_->linked(file_); }
  /// Errc::conflict once a file that was missing has been made: who made it appends, and zeros do not say how far.
  [[nodiscard]] Result<void> check_still_missing() const;

 private:
  PageFile(Seam& seam, std::string path, File file, SharedPage page)
      : seam_(&seam), path_(std::move(path)), file_(std::move(file)), page_(std::move(page)) {}

  Seam* seam_;
  std::string path_;
  File file_;
  SharedPage page_;
};

}  // namespace kappa::log
