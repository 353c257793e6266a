namespace planted {

const char* home = std::getenv("HOME");                              // planted: environment
void grow(wchar_t* to) { ExpandEnvironmentStringsW(L"%TEMP%", to, 9); }  // planted: environment

}  // namespace planted
