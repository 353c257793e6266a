// Planted for the seam lint: every marked line must be found, no other.
#include <ctime>  // planted: clock

namespace planted {

auto now() { return std::chrono::steady_clock::now(); }  // planted: clock
auto seconds() { return time(nullptr); }                 // planted: clock
auto ticks() { return GetTickCount64(); }                // planted: clock
void wait_a_little(const timespec* while_ns) {
  clock_gettime(0, nullptr);  // planted: clock
}
const char* built = __DATE__;  // planted: clock

}  // namespace planted
