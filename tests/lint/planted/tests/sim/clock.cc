// Tests are hermetic: they open files, but they do not look at the clock.
#include <fstream>

namespace planted {

auto began = std::chrono::steady_clock::now();  // planted: clock

}  // namespace planted
