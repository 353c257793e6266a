// Builds a path in normal form, part by part.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/path_parts.h"
#include "engine/path/short_names.h"
#include "engine/path/windows_path.h"

namespace holdfast::engine {

class PathAssembly {
 public:
  // Writes into `out`; both must outlive the assembly.
  PathAssembly(const ShortNames& short_names, WindowsPath& out) : short_names_(short_names), out_(out) {}

  // What follows is opened as it is written, for Win32 does not read it ("\\?\", "\Device"): a name that loses anything
  // at its end is another one.
  void read_verbatim() { verbatim_ = true; }

  // Begins anew: `root` is the text before the first separator, such as "C:", "\Device", or "\" for a host.
  void start(WindowsPath::Kind kind, std::string_view root);

  // Adds what one segment means: a part, nothing, or the way back to the folder above.
  void append(std::string_view segment);
  // Adds segments until one of them is a part. Gives false if there was none.
  bool append_part(SegmentCursor& cursor);
  // Adds all that is left.
  void append_rest(SegmentCursor& cursor);
  // The whole of an ordinary rest at once, separator first; false, and nothing done, if it is not in normal form
  // already.
  bool append_ordinary(std::string_view rest);

  // Says that what follows is left out: the path is a lookalike.
  void stop();
  // Gives the root its final form. Nothing may be appended afterwards.
  void finish();

  std::size_t parts() const { return parts_; }

 private:
  void push(std::string_view name);
  void pop();
  void cut_last_part();
  void set_stream(std::string_view stream);
  void lengthen_short_name();
  void keep_for_people(std::string_view dropped);
  void show_lookalike();

  // What was dropped behind a folder's name, or is a folder of nothing else, and where in out.text it stood.
  struct Dropped {
    std::size_t at;
    std::string text;
  };

  const ShortNames& short_names_;
  WindowsPath& out_;
  std::vector<Dropped> dropped_;
  std::size_t dropped_bytes_ = 0;
  std::size_t parts_ = 0;
  std::size_t units_ = 0;  // UTF-16, of out.text
  bool verbatim_ = false;
  bool lost_its_end_ = false;  // the last segment did: harmless unless another part follows, or all is verbatim
  bool stopped_ = false;       // the path is as long as paths can be
};

}  // namespace holdfast::engine
