#include <locale>  // planted: locale

namespace planted {

int lower(int c) { return std::tolower(c); }           // planted: locale
std::locale here("");                                  // planted: locale
auto zone() { return std::chrono::current_zone(); }    // planted: locale
auto number(const char* text) { return strtod(text, nullptr); }  // planted: locale

}  // namespace planted
