#include <mutex>   // planted: thread
#include <thread>  // planted: thread

namespace planted {

std::mutex guard;                    // planted: thread
std::atomic<int> count;              // planted: thread
thread_local int mine;               // planted: thread
auto later = std::async([] { });     // planted: thread

}  // namespace planted
