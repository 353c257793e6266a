#include "tests/sensors/import/import_fixture.h"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>

namespace holdfast {

std::string ImportTest::write(const std::string& name, std::string_view content) const {
  std::ofstream file(folder_ / name, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  EXPECT_TRUE(file.good());
  return path(name);
}

Expected<ImportReport> ImportTest::import_files(const std::vector<std::string>& files, const ImportOptions& options) {
  kept_ = KeptInputs();
  return import_events(files, kept_, options);
}

ImportReport ImportTest::import(std::string_view content, const ImportOptions& options) {
  const Expected<ImportReport> report = import_files({write("events.json", content)}, options);
  if (!report) {
    ADD_FAILURE() << report.error().text();
    return {};
  }
  EXPECT_EQ(report->summary.mapped(), kept_.inputs.size());
  EXPECT_EQ(report->summary.events(), report->summary.mapped() + report->summary.unmapped());
  return *report;
}

std::string make_archive(ArchiveKind kind, const std::vector<Member>& members) {
  std::size_t room = 64 * 1024;
  for (const Member& member : members) room += member.content.size() + member.content.size() / 64 + 4096;
  std::string bytes(room, '\0');
  std::size_t used = 0;
  archive* out = archive_write_new();
  switch (kind) {
    case ArchiveKind::kZip: archive_write_set_format_zip(out); break;
    case ArchiveKind::kSevenZip: archive_write_set_format_7zip(out); break;
    case ArchiveKind::kTarGz:
      archive_write_set_format_ustar(out);
      archive_write_add_filter_gzip(out);
      break;
    case ArchiveKind::kTarXz:
      archive_write_set_format_ustar(out);
      archive_write_add_filter_xz(out);
      break;
    case ArchiveKind::kOldTar: archive_write_set_format_v7tar(out); break;
    case ArchiveKind::kGz:
      archive_write_set_format_raw(out);
      archive_write_add_filter_gzip(out);
      break;
    case ArchiveKind::kXz:
      archive_write_set_format_raw(out);
      archive_write_add_filter_xz(out);
      break;
  }
  archive_write_open_memory(out, bytes.data(), bytes.size(), &used);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    const bool folder = member.name.ends_with('/');
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, folder ? 0755 : 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK) << archive_error_string(out);
    archive_write_data(out, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  bytes.resize(used);
  return bytes;
}

std::string sysmon_line(int event_id, const std::string& fields, const std::string& utc_time) {
  return R"({"SourceName":"Microsoft-Windows-Sysmon","Hostname":"PC1","EventID":)" + std::to_string(event_id) +
         R"(,"UtcTime":")" + utc_time + "\"" + (fields.empty() ? "" : "," + fields) + "}\n";
}

std::string security_line(int event_id, const std::string& fields, const std::string& time) {
  return R"({"SourceName":"Microsoft-Windows-Security-Auditing","Hostname":"PC1","EventID":)" +
         std::to_string(event_id) + R"(,"TimeCreated":")" + time + "\"" + (fields.empty() ? "" : "," + fields) + "}\n";
}

}  // namespace holdfast
