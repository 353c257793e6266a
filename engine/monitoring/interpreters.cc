#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "engine/monitoring/event_rules.h"

namespace holdfast::engine {
namespace {

// Sorted. Whoever signed these programs did not sign what they are told to do.
constexpr auto kInterpreters = std::to_array<std::string_view>({
    "APPCMD.EXE",
    "AT.EXE",
    "AUDITPOL.EXE",
    "AUTOIT3.EXE",
    "BASH.EXE",
    "BCDEDIT.EXE",
    "BITSADMIN.EXE",
    "CERTUTIL.EXE",
    "CMD.EXE",
    "CMSTP.EXE",
    "CONTROL.EXE",
    "CSCRIPT.EXE",
    "CURL.EXE",
    "DENO.EXE",
    "DISM.EXE",
    "DLLHOST.EXE",
    "ESENTUTL.EXE",
    "EXPAND.EXE",
    "EXTRAC32.EXE",
    "FLTMC.EXE",
    "FORFILES.EXE",
    "FTP.EXE",
    "HH.EXE",
    "IEEXEC.EXE",
    "INSTALLUTIL.EXE",
    "JAVA.EXE",
    "JAVAW.EXE",
    "JJS.EXE",
    "JSC.EXE",
    "MAVINJECT.EXE",
    "MMC.EXE",
    "MSBUILD.EXE",
    "MSDT.EXE",
    "MSHTA.EXE",
    "MSIEXEC.EXE",
    "MSXSL.EXE",
    "NET.EXE",
    "NET1.EXE",
    "NETSH.EXE",
    "NODE.EXE",
    "NTDSUTIL.EXE",
    "ODBCCONF.EXE",
    "PCALUA.EXE",
    "PERL.EXE",
    "PHP.EXE",
    "POWERSHELL.EXE",
    "POWERSHELL_ISE.EXE",
    "PRESENTATIONHOST.EXE",
    "PWSH.EXE",
    "PY.EXE",
    "PYTHON.EXE",
    "PYTHON3.EXE",
    "PYTHONW.EXE",
    "PYW.EXE",
    "REG.EXE",
    "REGASM.EXE",
    "REGEDIT.EXE",
    "REGINI.EXE",
    "REGSVCS.EXE",
    "REGSVR32.EXE",
    "REPLACE.EXE",
    "ROBOCOPY.EXE",
    "RUBY.EXE",
    "RUNDLL32.EXE",
    "RUNONCE.EXE",
    "SC.EXE",
    "SCHTASKS.EXE",
    "SCRCONS.EXE",
    "SCRIPTRUNNER.EXE",
    "SYNCAPPVPUBLISHINGSERVER.EXE",
    "TCLSH.EXE",
    "WEVTUTIL.EXE",
    "WINRS.EXE",
    "WINRSHOST.EXE",
    "WMIC.EXE",
    "WSCRIPT.EXE",
    "WSL.EXE",
    "WSMPROVHOST.EXE",
    "XCOPY.EXE",
    "XWIZARD.EXE",
});
static_assert(std::ranges::is_sorted(kInterpreters));

}  // namespace

std::span<const std::string_view> interpreters() { return kInterpreters; }

bool is_interpreter(std::string_view file_name) { return std::ranges::binary_search(kInterpreters, file_name); }

}  // namespace holdfast::engine
