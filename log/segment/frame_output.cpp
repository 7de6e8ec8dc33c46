#include "segment/frame_output.hpp"

#include "format/frame.hpp"
#include "format/scan.hpp"

namespace kappa::log {

Result<void> FrameOutput::put(std::span<std::byte> head, Bytes body) {
  const ChainPoint& point = builder_.point();
  const FrameHeader header = replace_frame(head, point.position, point.chain);
  auto checked = next_head(head, point, header.salt);
  if (!checked) return std::unexpected(fault_error(checked.error(), writer_.path()));
  if (auto put = writer_.put(head); !put) return put;
  if (auto put = writer_.put(body); !put) return put;
  builder_.add(*checked);
  return {};
}

Result<void> FrameOutput::finish(const FooterHeader& original) {
  return writer_.finish(builder_.point(), encode_footer(builder_.finish(original)));
}

}  // namespace kappa::log
