// A segment is put together in DIR/damaged/healing: the local bytes, with those of the backup over the damaged ones, or
// with gaps in their place. From there it is copied as a backup's segment is, which checks every hash once more, and
// takes the damaged file's name. Where something stays lost though there is a backup, no hash can be checked: then it
// is the file itself that takes the name.
#include "backup/put_together.hpp"

#include <filesystem>

#include "backup/kept_aside.hpp"

namespace kappa::log {
namespace {

class Assembly {
 public:
  Assembly(const Healing& healing, const std::string& path, const SpliceInput& input, const Splice& splice)
      : healing_(healing), seam_(healing.seam), path_(path), input_(input), splice_(splice) {}

  [[nodiscard]] Result<void> run() {
    if (auto made = make_damaged(healing_); !made) return made;
    if (auto assembled = assemble(); !assembled) return assembled;
    const bool is_whole = splice_.lost.empty() || healing_.backup == nullptr;
    if (auto made = is_whole ? copy_whole() : seam_.rename(work_, made_); !made) return made;
    if (auto renamed = seam_.rename(made_, path_); !renamed) return renamed;
    return sync_directory(seam_, std::filesystem::path(path_).parent_path());
  }

 private:
  [[nodiscard]] Result<void> assemble() {
    auto file = seam_.open(work_, OpenMode::create);
    if (!file) return propagate(file);
    if (auto emptied = seam_.truncate(*file, 0); !emptied) return emptied;
    if (auto same = copy_access(*file); !same) return same;
    if (input_.local)
      if (auto copied = copy_range(seam_, input_.local->file, *file, 0, kSegmentBytesMax); !copied) return copied;
    if (input_.rebuilt)
      if (auto written = write_header(*file, *input_.rebuilt); !written) return written;
    for (const SpliceRange& range : splice_.from_backup)
      if (auto copied = copy_range(seam_, input_.backup->file, *file, range.position, range.bytes); !copied)
        return copied;
    if (healing_.backup == nullptr)
      if (auto written = write_gaps(*file); !written) return written;
    return seam_.sync(*file);
  }

  [[nodiscard]] Result<void> copy_whole() {
    auto whole = open_segment_file(seam_, work_, Access::read_only);
    if (!whole) return propagate(whole);
    {
      auto made = seam_.open(made_, OpenMode::create);
      if (!made) return propagate(made);
      if (auto same = copy_access(*made); !same) return same;
    }
    const SegmentForm form = input_.next ? SegmentForm::sealed : SegmentForm::open;
    auto copied =
        copy_segment(seam_, *whole, {splice_.end.value, kEndOfTime, input_.end.replaced}, form, made_, nullptr);
    if (!copied) return propagate(copied);
    return seam_.remove(work_);
  }

  [[nodiscard]] Result<void> write_gaps(const File& file) {
    for (const GapPlace& gap : splice_.gaps) {
      const std::uint64_t end = gap.to.position.value;
      if (auto wiped = write_zeros(seam_, file, gap.from.position.value, end); !wiped) return wiped;
      for (const GapFrame& frame : encode_gap(gap, input_.salt(), seam_.now())) {
        const Bytes parts[] = {frame.head};
        if (auto written = seam_.write(file, frame.position.value, parts); !written) return written;
      }
    }
    return {};
  }

  [[nodiscard]] Result<void> write_header(const File& file, const SegmentStart& start) {
    const Block block = encode_segment_header(start.header);
    const Bytes parts[] = {block};
    return seam_.write(file, 0, parts);
  }

  /// Nobody may read the file in the making, or a copy that is kept, who may not read the damaged one.
  [[nodiscard]] Result<void> copy_access(const File& to) {
    return input_.local ? seam_.copy_access(input_.local->file, to) : Result<void>{};
  }

  const Healing& healing_;
  Seam& seam_;
  const std::string& path_;
  const SpliceInput& input_;
  const Splice& splice_;
  const std::string work_ = healing_.layout.damaged() + "/healing";
  const std::string made_ = path_ + ".new";
};

}  // namespace

Result<void> put_together(const Healing& healing, const std::string& path, const SpliceInput& input,
                          const Splice& splice) {
  return Assembly(healing, path, input, splice).run();
}

}  // namespace kappa::log
