#include <cmath>  // planted: floating_point

namespace planted {

double share = 0;                  // planted: floating_point
float half();                      // planted: floating_point
auto third = 1 / 3.0;              // planted: floating_point
auto large = 1e9;                  // planted: floating_point
constexpr auto kFine = 1'000'000;
constexpr auto kHex = 0x1e9;

}  // namespace planted
