#include "sim/explore/material.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/tables/tables.h"
#include "sensors/recording/recording.h"
#include "sim/explore/pools.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

constexpr std::size_t kFilesMax = 10'000;
// Of one file: a recording of a day would leave no room for anything else.
constexpr std::size_t kOperationsPerFileMax = 2'000;

// The operation that an entry of a timeline stands for; kind not set where it is none.
v1::Operation operation_of(const v1::At& at) {
  v1::Operation operation;
  const auto* const what = v1::At::descriptor()->FindOneofByName("what");
  const auto* const said = at.GetReflection()->GetOneofFieldDescriptor(at, what);
  const auto* const field = said == nullptr ? nullptr : v1::Operation::descriptor()->FindFieldByName(said->name());
  if (field == nullptr) return operation;
  operation.GetReflection()->MutableMessage(&operation, field)->CopyFrom(at.GetReflection()->GetMessage(at, said));
  operation.set_actor_image(at.actor_image());
  operation.set_script(at.script());
  operation.set_remote_client(at.remote_client());
  return operation;
}

Expected<void> add_scenario(const std::string& path, Material& material) {
  HOLDFAST_TRY(file, load_scenario(path));
  material.settings.push_back(file.scenario.settings());
  for (const v1::At& at : file.scenario.at()) {
    v1::Operation operation = operation_of(at);
    if (operation.what_case() != v1::Operation::WHAT_NOT_SET) material.operations.push_back(std::move(operation));
  }
  return {};
}

Expected<void> add_recording(const std::string& path, Material& material) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  v1::Record record;
  for (std::size_t taken = 0; taken < kOperationsPerFileMax;) {
    const auto next = reader.next(record);
    if (!next) return std::unexpected(next.error());
    if (*next == RecordingReader::Next::kEnd) break;
    if (!record.has_input() || !record.input().has_operation()) continue;
    material.operations.push_back(record.input().operation());
    ++taken;
  }
  return {};
}

// One operation of each kind that a rule or a table looks at, on this path and key.
void add_of_each_kind(std::size_t i, std::vector<v1::Operation>& operations) {
  const auto text = [i](const auto& pool, std::size_t shift = 0) {
    return std::string(pool[(i + shift) % pool.size()]);
  };
  const std::string path = text(pools::kPrograms);
  const std::string sha256 = pools::sha256(i % pools::kHashes);
  const auto add = [&]() -> v1::Operation& {
    v1::Operation& operation = operations.emplace_back();
    if (i % 3 == 0) operation.set_actor_image(text(pools::kPrograms, 4));
    operation.set_actor_user(text(pools::kUsers));
    return operation;
  };
  for (int again = 0; again < 2; ++again) {  // they matter most
    v1::Process& started = *add().mutable_process_start();
    started.set_image(text(pools::kPrograms, static_cast<std::size_t>(again)));
    started.set_command_line(path + " /s");
    started.set_user(text(pools::kUsers, 1));
    started.set_session_id(static_cast<std::uint32_t>(i % 4));
    started.set_sha256(sha256);
    if (i % 4 == 1) started.mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
    if (i % 4 == 1) started.mutable_signature()->set_signer(i % 8 == 1 ? "Microsoft Windows" : "Vendor Ltd");
    if (i % 4 == 3) started.mutable_signature()->set_status(v1::SIGNATURE_STATUS_NONE);
  }
  for (std::size_t key = 0; key < 2; ++key) {
    v1::RegistrySet& set = *add().mutable_registry_set();
    set.set_key(text(pools::kKeys, key));
    set.set_value(text(pools::kValues, key));
    set.set_data(path);
  }
  add().mutable_file_create()->set_path(path);
  add().mutable_file_write()->set_path("C:\\Windows\\System32\\drivers\\etc\\hosts");
  add().mutable_file_delete()->set_path(path);
  v1::ServiceInstall& service = *add().mutable_service_install();
  service.set_name("evil");
  service.set_image_path(path);
  v1::RemoteThread& thread = *add().mutable_remote_thread();
  thread.mutable_target()->set_pid(static_cast<std::uint32_t>(1 + i % 5));
  thread.set_target_image(text(pools::kPrograms, 4));
  v1::ImageLoad& load = *add().mutable_image_load();
  load.set_path(path);
  if (i % 2 == 0) load.mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  v1::Download& download = *add().mutable_download();
  download.set_channel(static_cast<v1::Download::Channel>(i % 5));
  download.set_url("http://example.net/a");
  download.set_port(i % 2 == 0 ? 80 : 8'080);
  download.set_path(path);
  download.set_sha256(sha256);
  v1::FileStreamCreate& stream = *add().mutable_file_stream_create();
  stream.set_path(path + ":Zone.Identifier");
  stream.set_contents("[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=http://example.net/a\r\n");
  add().mutable_process_exit();
  add().mutable_process_exit();
}

// Looks at the operations from `first` on, as a program that nobody knows would act.
void find_monitored(Material& material, std::size_t first) {
  const engine::PathNormaliser paths{v1::AgentProfile()};
  engine::EventMatcher matcher(engine::event_rules(), paths, engine::default_tables().compiled_events);
  engine::Findings findings;
  for (std::size_t i = first; i < material.operations.size(); ++i) {
    matcher.match(material.operations[i], {}, false, findings);
    if (!findings.rules.empty()) material.monitored.push_back(i);
  }
}

}  // namespace

Material builtin_material() {
  Material material;
  for (std::size_t i = 0; i < pools::kPrograms.size(); ++i) add_of_each_kind(i, material.operations);
  find_monitored(material, 0);
  return material;
}

Expected<void> add_material(const std::string& path, Material& material) {
  const auto add = [&](const std::string& file) -> Expected<void> {
    const std::size_t first = material.operations.size();
    HOLDFAST_TRY_DO(file.ends_with(".hfr") ? add_recording(file, material) : add_scenario(file, material));
    find_monitored(material, first);
    return {};
  };
  if (!is_folder(path)) return add(path);
  std::size_t found = 0;
  for (const char* suffix : {".txtpb", ".hfr"}) {
    HOLDFAST_TRY(files, find_text_files(path, suffix, kFilesMax));
    for (const std::string& file : files) HOLDFAST_TRY_DO(add(file));
    found += files.size();
  }
  if (found != 0) return {};
  return std::unexpected(Error{.where = path,
                               .field = {},
                               .what = "there is no .txtpb file in this folder, and no .hfr file",
                               .remedy = "check the path"});
}

}  // namespace holdfast
