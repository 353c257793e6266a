#include <sys/socket.h>  // planted: socket operating_system

namespace planted {

int made = socket(2, 1, 0);               // planted: socket
void start() { WSAStartup(2, nullptr); }  // planted: socket
void fetch() { curl_easy_init(); }        // planted: socket

}  // namespace planted
